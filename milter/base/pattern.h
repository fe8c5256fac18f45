/*
 * pattern.h - PCRE2 patterns; the only includer of <pcre2.h>
 *
 * Compiled once (JIT where the system allows it), shared by all threads. Each
 * match is bounded by a match limit: an evil pattern costs its limit, a few
 * milliseconds, and answers PATTERN_LIMIT, which is "could not tell".
 */
#ifndef BASE_PATTERN_H
#define BASE_PATTERN_H

#include <stddef.h>

struct buf;
struct pattern;

enum pattern_result { PATTERN_NO, PATTERN_YES, PATTERN_LIMIT };

/*
 * "/text/flags" with flags of "imsx"; one of ! # % , ; ~ may stand for the
 * slash, and the last one ends the text. A text that begins with none of them
 * is taken as it stands, without flags. UTF-8 is off: bytes. NULL when it
 * does not compile, with the place and the reason in `why` (not NULL).
 */
struct pattern *pattern_new(const char *text, struct buf *why);
void pattern_free(struct pattern *p);

/* The text the admin wrote. */
const char *pattern_text(const struct pattern *p);

/*
 * Looks for the pattern in n bytes. Where it matches and `from`, `to` are
 * not NULL, they get the matched range.
 */
enum pattern_result pattern_match(const struct pattern *p, const char *text,
    size_t n, size_t *from, size_t *to);

#endif
