/*
 * search.h - records by what is known of them
 */
#ifndef RECORDS_SEARCH_H
#define RECORDS_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct store;

/* All that is set must be so; NULL and 0 are not set. Zeroed finds all. */
struct search {
	const char *client;	/* address, network, or name and below it */
	const char *domain;	/* of the sender or of a recipient */
	const char *sender;	/* address; "": the null sender */
	const char *recipient;
	const char *reason;	/* "none": those that were not recognised */
	const char *outcome, *issuer;
	const char *queue_id, *login;
	const char *host;	/* where it was refused */
	const char *text;	/* anywhere in the record, without case */
	int64_t since, until;	/* ms since 1970; until is not in it */
	int64_t skip, max;	/* max 0: all */
};

/* How many there are; -1: failed, words in errmsg. */
int64_t search_count(struct store *s, const struct search *what,
    struct buf *errmsg);

/* Calls fn with the JSON line of each, the newest first. */
bool search_each(struct store *s, const struct search *what,
    void (*fn)(void *arg, const char *line, size_t n), void *arg,
    struct buf *errmsg);

#endif
