/*
 * recognise_kept.h - what texts of the same shape were found to mean
 *
 * The shape of a reply is all that its meaning hangs on: code, status and what
 * was queued for the phrases and the judge while it was read. Addresses, hosts
 * and numbers are marks in it, so that most replies of a log have the shape of
 * one before; what that one means has been worked out, and is kept.
 *
 * Shapes are told apart by 128 bits of NH, a universal hash (RFC 4418 5.2.2),
 * with a key of this process: two that somebody else has written are taken for
 * each other by a chance of one in 2^64, whatever they are. Where many share a
 * place, one of them goes. No lock, some 400 KB for all threads: what two
 * of them write at once is no shape's. Any thread.
 */
#ifndef WORDS_RECOGNISE_KEPT_H
#define WORDS_RECOGNISE_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "words/phrase.h"
#include "words/recognise.h"

struct shape {
	uint64_t print[2];	/* its own numbers … */
	bool can_keep;		/* … if there is room: long ones have none */
};

/* What is worked out from a shape. */
struct meaning {
	uint8_t reason;
	uint8_t confidence;
	uint8_t issuer;		/* its place in struct phrases */
	uint8_t flags;
};

/* Makes a new key: all that was kept is forgotten. By one thread, before any
   other calls what follows. */
void recognise_kept_fill(void);

/* The shape of a reply that is read (its code and status are in `r`) and not
   yet matched; `about` as the caller knows it. */
struct shape recognise_shape(const struct phrase_match *m, enum topic about,
    const struct recognised *r);

/* false: nothing is kept of it, and *means has no value. */
bool recognise_kept(const struct shape *shape, struct meaning *means);

void recognise_keep(const struct shape *shape, struct meaning means);

#endif
