/*
 * limit_usual.h - what is usual for somebody: limits with `rise`
 *
 * So many times what came in such a window on average of thirty days is never
 * over the limit: who sends much every day may go on.
 */
#ifndef CHECKS_LIMIT_USUAL_H
#define CHECKS_LIMIT_USUAL_H

#include <stddef.h>

#include "checks/limit_block.h"
#include "counters/counters.h"

/* One limit that is counted now, for whom. */
struct limit_counted {
	const struct limit_block *block;
	const char *subject;
};

/* Raises the limits of n (at most COUNTERS_MAX) questions to what is usual. */
void limit_usual_raise(const char *section, const struct limit_counted *c,
    struct counter_question *q, size_t n);

/* What was taken is usual from now on. */
void limit_usual_note(const char *section, const struct limit_counted *c,
    const struct counter_question *q, const struct counter_answer *answers,
    size_t n);

#endif
