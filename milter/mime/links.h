/*
 * links.h - the links of a text, plain or HTML, as it comes
 *
 * In plain text: what begins with http:// https:// ftp:// or www. In HTML: the
 * attributes, and what looks like one in the text, in a comment, a style or a
 * script, all of which are read as markup, too, for to some programs they are.
 * Obfuscation is undone as a browser undoes it; see url.h. Links that a script
 * would put together are not found, nor in plain text a host that stands more
 * than a kilobyte behind the beginning of its link.
 *
 * Bounded memory; the text may be cut anywhere. One thread at a time.
 */
#ifndef MIME_LINKS_H
#define MIME_LINKS_H

#include <stdbool.h>
#include <stddef.h>

enum mime_joined;
struct links;

/* `reported` gets each host as url_put_host() gives it, once for each link, but
   of those that follow each other in turn only one. */
struct links *links_new(bool html, void (*reported)(void *arg,
    const char *host),
    void *arg);
/* Lines of it are joined before: a link may go on over their end. */
void links_join(struct links *l, enum mime_joined joined);
void links_free(struct links *l);	/* NULL: nothing */

/* Expected to be UTF-8, but any bytes are accepted. */
void links_put(struct links *l, const char *bytes, size_t n);
/* The text is over: what is open ends. Nothing may follow. */
void links_end(struct links *l);

#endif
