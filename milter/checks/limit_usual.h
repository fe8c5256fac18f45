/*
 * limit_usual.h - what is usual for somebody: limits with `rise`
 *
 * So many times what came in such a window on average of thirty days is never
 * over the limit: who sends much every day may go on.
 */
#ifndef CHECKS_LIMIT_USUAL_H
#define CHECKS_LIMIT_USUAL_H

#include "checks/limit_block.h"
#include "counters/counters.h"

/*
 * What raises the limit of the count that follows it to what is usual for this
 * subject; what is taken of its `amount` is usual from now on.
 */
struct counter_question limit_usual_ask(const char *section,
    const struct limit_block *b, const char *subject, int64_t amount);

#endif
