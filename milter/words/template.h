/*
 * template.h - words with {fields}
 *
 * "{client} may not send for {sender_domain}": a field is a name of lower-case
 * letters and underscores in braces; "{{" stands for a brace. A part that
 * needs what may be unknown is optional: "{(}: {url}{)}" is left out where the
 * url is not known, and "{(}{file}{|}the file{)}" has other words for that
 * case. A template is checked when it is loaded and expanded when somebody is
 * refused. Values come from senders: each is made safe (ASCII 32 to 126,
 * anything else "?") and cut to TEMPLATE_VALUE_MAX bytes on its way in, so that
 * no value can break, forge or flood a reply. RFC 5321 section 4.2 gives the
 * characters.
 */
#ifndef WORDS_TEMPLATE_H
#define WORDS_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

#define TEMPLATE_VALUE_MAX 100

/*
 * The value of a field, or NULL when it is not known (it then reads
 * "unknown"). `n` bytes of name.
 */
typedef const char *template_lookup(const void *from, const char *name,
    size_t n);

/*
 * Checks text and fields: every {field} must be general (see reply.h) or stand
 * in `more`, a list by blanks (NULL: none). False with words in errmsg: unknown
 * field and the nearest known, brace without its twin, not ASCII, empty, longer
 * than `longest` bytes.
 */
bool template_check(const char *text, const char *more, size_t longest,
    struct buf *errmsg);

/*
 * Appends the expanded text; a text that template_check() refuses is our bug.
 */
void template_expand(struct buf *out, const char *text,
    template_lookup *lookup, const void *from);

/* Has every field that is to be written a value? */
bool template_is_known(const char *text, template_lookup *lookup,
    const void *from);

/* Appends n bytes, those that may not stand in a reply replaced by "?". */
void template_put_safe(struct buf *out, const char *value, size_t n);

#endif
