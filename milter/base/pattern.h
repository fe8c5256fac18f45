/*
 * pattern.h - PCRE2 patterns; the only includer of <pcre2.h>
 *
 * Compiled once (JIT where the system allows it), shared by all threads. Each
 * match is bounded by a match limit: a pattern that backtracks without end
 * costs a few milliseconds and answers PATTERN_LIMIT, which means "not known".
 */
#ifndef BASE_PATTERN_H
#define BASE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct pattern;

#define PATTERN_FLAGS "imsxu"

enum pattern_result { PATTERN_NO, PATTERN_YES, PATTERN_LIMIT };

/*
 * "/text/flags" with PATTERN_FLAGS; one of ! # % , ; ~ may stand for the
 * slash, and the last one ends the text. A text that begins with none of them
 * is used as it is, without flags. Bytes, unless flag u says UTF-8 (what is
 * none matches nothing then). NULL when it does not compile, with position and
 * cause in errmsg (not NULL).
 */
struct pattern *pattern_new(const char *text, struct buf *errmsg);
void pattern_free(struct pattern *p);

/* The text the admin wrote. */
const char *pattern_text(const struct pattern *p);

/*
 * Looks for the pattern in n bytes. Where it matches and `from`, `to` are
 * not NULL, they get the matched range.
 */
enum pattern_result pattern_match(const struct pattern *p, const char *text,
    size_t n, size_t *from, size_t *to);

/*
 * The same for one piece of a longer text: a match begins at `start` or later,
 * the bytes before it are only looked back at, and unless `last` the end of
 * the piece is not the end of the text.
 */
enum pattern_result pattern_match_piece(const struct pattern *p,
    const char *text, size_t n, size_t start, bool last, size_t *from,
    size_t *to);

/* What is between the slashes, and what stands behind them. */
const char *pattern_proper(const struct pattern *p, size_t *n,
    const char **flags);

#endif
