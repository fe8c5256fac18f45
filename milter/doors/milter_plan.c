/* milter_plan - which steps of a session a ruleset must see */

#include "doors/milter_plan.h"

#include <stddef.h>

#include "checks/check.h"
#include "ruleset.h"

unsigned
milter_plan(const struct ruleset *r, bool urgent)
{
	const struct {
		bool wanted;
		enum milter_plan step;
	} rows[] = {
		{ (r->stages & STAGE_BIT(STAGE_DATA)) != 0, PLAN_DATA },
		{ (r->needs & CHECK_NEEDS_HEADERS) != 0, PLAN_HEADERS },
		{ (r->stages & STAGE_BIT(STAGE_HEADERS)) != 0,
		    PLAN_END_OF_HEADER },
		{ (r->needs & CHECK_NEEDS_BODY) != 0, PLAN_BODY },
		{ r->speaks_at_mail || urgent, PLAN_REFUSE_MAIL },
		{ r->marks, PLAN_MARKS },
	};
	unsigned plan = 0;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].wanted)
			plan |= rows[i].step;
	return plan;
}
