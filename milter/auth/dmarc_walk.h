/*
 * dmarc_walk.h - up the tree of DNS (RFC 9989 section 4.10); for dmarc.c
 */
#ifndef AUTH_DMARC_WALK_H
#define AUTH_DMARC_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/dmarc_record.h"

#define DMARC_QUESTIONS_MAX 8

/* A record that was found on the way. */
struct dmarc_step {
	const char *domain;	/* a part of the walk's */
	char *text;
	struct dmarc_record record;
};

struct dmarc_walk {
	char *from;
	struct dmarc_step v[DMARC_QUESTIONS_MAX];
	size_t n;		/* the first one has the most labels */
	const char *organization;	/* a part of `from`; never NULL */
	const char *failure;	/* DNS gave no answer on the way; or NULL */
};

/* Asks without waiting, so that a later dmarc_walk() finds the answers. */
void dmarc_walk_prefetch(const char *from);

/* All questions go out at once. dmarc_walk_free() in any case. */
void dmarc_walk(struct dmarc_walk *w, const char *from, int64_t deadline);
void dmarc_walk_free(struct dmarc_walk *w);

/* The record of that domain itself, or NULL. */
const struct dmarc_step *dmarc_walk_at(const struct dmarc_walk *w,
    const char *domain);

#endif
