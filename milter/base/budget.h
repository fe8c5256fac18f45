/*
 * budget.h - what one message may cost, spent by all who look into it
 *
 * CPU is counted between budget_enter() and budget_leave(), in whatever thread
 * they are called; the rest by budget_spend(). Once more was spent than may be,
 * the budget is over for good and everybody stops at the next check. NULL is a
 * budget without end. One thread at a time.
 */
#ifndef BASE_BUDGET_H
#define BASE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

struct buf;

enum budget_kind {
#define BUDGET(id, words) BUDGET_##id,
#include "base/budget.def"
#undef BUDGET
	BUDGET_KINDS
};

/* Zeroed but for `max` (0: no bound) is the start. */
struct budget {
	long long max[BUDGET_KINDS], spent[BUDGET_KINDS];
	int64_t entered;	/* CPU clock of the thread, us; 0: outside */
	bool over;
};

/* Work on the message begins in this thread, and ends. */
void budget_enter(struct budget *b);
void budget_leave(struct budget *b);

/* False: more was spent than may be. */
bool budget_spend(struct budget *b, enum budget_kind kind, long long n);
/* The same of the CPU so far. Costs a microsecond: not for each byte. */
bool budget_left(struct budget *b);

/* Appends "2003 ms of CPU (at most 2000), 14 bytes unpacked, …": all that was
   spent. */
void budget_say(const struct budget *b, struct buf *out);

#endif
