/*
 * slice.h - a piece of somebody else's text
 *
 * Points into a line and lives as long as it; text NULL: not there. Pure
 * functions, any bytes.
 */
#ifndef MAILLOG_SLICE_H
#define MAILLOG_SLICE_H

#include <stdbool.h>
#include <stddef.h>

struct slice {
	const char *text;
	size_t n;
};

#define SLICE_END(s) ((s).text + (s).n)

struct slice slice_of(const char *text);

bool slice_is(struct slice s, const char *word);
bool slice_begins(struct slice s, const char *with);
/* Steps over what it begins with; false: it does not, and stays. */
bool slice_skip(struct slice *s, const char *with);

/* Where the first or last `word` stands, or NULL. */
const char *slice_find(struct slice s, const char *word);
const char *slice_find_last(struct slice s, const char *word);

/* What is before and behind a place of it. */
struct slice slice_to(struct slice s, const char *end);
struct slice slice_from(struct slice s, const char *begin);

/*
 * What stands behind the first `before` and in front of the next `after`
 * (NULL: up to the end); none when either is missing.
 */
struct slice slice_between(struct slice s, const char *before,
    const char *after);

/*
 * An address, behind its "<" (end '>') or without brackets (end ','): what is
 * in front of its end goes to *address, none where there is no end; what is
 * behind it, empty then. A quoted string in it may hold anything (RFC 5321,
 * section 4.1.2).
 */
struct slice slice_address(struct slice s, char end, struct slice *address);

/* A copy that the caller frees; NULL for none. */
char *slice_dup(struct slice s);

#endif
