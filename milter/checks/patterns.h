/*
 * patterns.h - the patterns of one block of the configuration
 *
 * What content_header and content_body share: option rows parse patterns into a
 * struct patterns, the blocks are the admin's names for them.
 */
#ifndef CHECKS_PATTERNS_H
#define CHECKS_PATTERNS_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct pattern;

struct patterns {
	struct pattern **v;
	size_t n, cap;
};

/* parse and free of an OPTION_LIST whose slot is a struct patterns. */
bool patterns_parse(void *base, void *slot, const char *value,
    struct buf *errmsg);
void patterns_free(void *slot);

/* As evidence: at most 64 bytes of the match. The caller frees it. */
char *patterns_matched(const char *text, size_t from, size_t to);

/*
 * The pattern reached its limit without an answer: logged with the name of its
 * block, at most once a second.
 */
void patterns_gave_up(const char *block, const struct pattern *p);

#endif
