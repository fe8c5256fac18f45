/* limit_usual - what is usual for somebody: limits with `rise` */

#include "checks/limit_usual.h"

#define USUAL_MS (30LL * 24 * 3600 * 1000)

static struct counter_question
usual(const char *section, const struct limit_counted *c, int64_t amount)
{
	const char *words[] = { section, c->block->item.title, c->subject };

	return (struct counter_question){ .verb = COUNTER_PEEK,
		.key = counter_key("limit usual", words, 3),
		.window = USUAL_MS, .limit = INT64_MAX, .amount = amount };
}

void
limit_usual_raise(const char *section, const struct limit_counted *c,
    struct counter_question *q, size_t n)
{
	struct counter_question u[COUNTERS_MAX];
	struct counter_answer a[COUNTERS_MAX];
	size_t of[COUNTERS_MAX], asks = 0, i;
	const struct limit_block *b;
	int64_t often;

	for (i = 0; i < n; i++)
		if (c[i].block->rise != 0) {
			of[asks] = i;
			u[asks++] = usual(section, &c[i], 0);
		}
	if (asks > 0)
		counters_ask(u, asks, a);
	for (i = 0; i < asks; i++) {
		b = c[of[i]].block;
		often = (int64_t)((double)a[i].count * (double)b->rise *
		    (double)b->window / (double)USUAL_MS);
		if (often > q[of[i]].limit)
			q[of[i]].limit = often;
	}
}

void
limit_usual_note(const char *section, const struct limit_counted *c,
    const struct counter_question *q, const struct counter_answer *answers,
    size_t n)
{
	struct counter_question u[COUNTERS_MAX];
	struct counter_answer a[COUNTERS_MAX];
	size_t notes = 0, i;

	for (i = 0; i < n; i++) {
		if (answers[i].room != 0 || c[i].block->rise == 0 ||
		    q[i].verb == COUNTER_PEEK)
			continue;
		u[notes] = usual(section, &c[i], q[i].amount);
		u[notes++].verb = COUNTER_FORCE;
	}
	if (notes > 0)
		counters_ask(u, notes, a);
}
