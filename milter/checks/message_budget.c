/* message_budget - what looking into this session's message may cost */

#include "checks/message_budget.h"

#include "model/site.h"
#include "model/slots.h"

static const struct slot_kind kind = { "message_budget", sizeof(struct budget),
	SCOPE_MESSAGE, NULL };

/* Beyond a megabyte of them. */
#define FIELDS_MAX 100000

struct budget *
message_budget(struct slots *slots, const struct site *site)
{
	struct budget *b = slots_get(slots, &kind);

	b->max[BUDGET_CPU] = site->max_cpu * 1000;
	b->max[BUDGET_UNPACKED] = site->max_unpacked;
	b->max[BUDGET_ENTRIES] = site->max_entries;
	b->max[BUDGET_LINKS] = site->max_urls;
	b->max[BUDGET_FIELDS] = FIELDS_MAX;
	return b;
}
