/*
 * url_labels.h - the name of a host as a browser asks DNS for it
 *
 * Looser than IDNA2008: the URL standard (host parser, UTS 46 without its
 * checks) lets labels begin or end with a hyphen and hold emoji and signs.
 */
#ifndef MIME_URL_LABELS_H
#define MIME_URL_LABELS_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/*
 * Appends the host in lower case, as A-labels. A label that no list of names
 * can hold ("a!b") is left out with those before it. False, nothing appended:
 * it has none that can be one.
 */
bool url_put_labels(struct buf *out, const char *host);

/* Has it a dot, and is it no address? */
bool url_is_name(const char *name);

/* Bytes of the character that begins the n bytes (at least one), if it counts
   for nothing in a host (white space within a URL too); else 0. */
size_t url_unseen(const char *text, size_t n);

#endif
