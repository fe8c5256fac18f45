/* limit_usual - what is usual for somebody: limits with `rise` */

#include "checks/limit_usual.h"

#define USUAL_MS (30LL * 24 * 3600 * 1000)

struct counter_question
limit_usual_ask(const char *section, const struct limit_block *b,
    const char *subject, int64_t amount)
{
	const char *words[] = { section, b->item.title, subject };

	return (struct counter_question){ .verb = COUNTER_PEEK,
		.effect = COUNTER_RAISES,
		.key = counter_key("limit usual", words, 3),
		.window = USUAL_MS, .limit = b->rise, .amount = amount };
}
