/* milter_plan - which steps of a session a ruleset must see */

#include "doors/milter_plan.h"

#include <stddef.h>

#include <libmilter/mfdef.h>

#include "checks/check.h"
#include "engine/ruleset.h"

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
		{ r->issued_at_mail || urgent, PLAN_REFUSE_MAIL },
		{ r->marks, PLAN_MARKS },
	};
	unsigned plan = 0;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].wanted)
			plan |= rows[i].step;
	return plan;
}

unsigned long
milter_plan_steps(unsigned plan)
{
	static const struct {
		enum milter_plan step;
		unsigned long without;
	} rows[] = {
		{ PLAN_DATA, SMFIP_NODATA },
		{ PLAN_HEADERS, SMFIP_NOHDRS },
		{ PLAN_END_OF_HEADER, SMFIP_NOEOH },
		{ PLAN_BODY, SMFIP_NOBODY },
		{ PLAN_REFUSE_MAIL, SMFIP_NR_MAIL },
	};
	unsigned long steps = SMFIP_RCPT_REJ | SMFIP_NOUNKNOWN |
	    SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_DATA | SMFIP_NR_HDR |
	    SMFIP_NR_EOH | SMFIP_NR_BODY | SMFIP_HDR_LEADSPC;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if ((plan & rows[i].step) == 0)
			steps |= rows[i].without;
	if ((plan & PLAN_ANSWERS) != 0)
		steps &= ~(unsigned long)(SMFIP_NR_CONN | SMFIP_NR_HELO |
		    SMFIP_NR_MAIL | SMFIP_NR_DATA | SMFIP_NODATA);
	return steps;
}
