/*
 * milter_plan.h - which steps of a session a ruleset must see
 *
 * Every step that the MTA sends us, and every answer it waits for, costs it a
 * round trip; so the door asks for these and no others. Pure.
 */
#ifndef DOORS_MILTER_PLAN_H
#define DOORS_MILTER_PLAN_H

#include <stdbool.h>

struct ruleset;

enum milter_plan {
	PLAN_DATA = 1,		/* the DATA command */
	PLAN_HEADERS = 2,	/* each header field */
	PLAN_END_OF_HEADER = 4,
	PLAN_BODY = 8,
	PLAN_REFUSE_MAIL = 16,	/* MAIL may be refused: the MTA must wait */
	PLAN_MARKS = 32,	/* the message may be marked or held */
	PLAN_ANSWERS = 64	/* every command is told and answered: other doors
				   ask about the session, and it must be up to
				   date */
};

/*
 * A set of enum milter_plan. CONNECT, HELO, MAIL, RCPT and the end of the
 * message are always sent; RCPT and the end are always answered. `urgent`: the
 * door itself must answer at MAIL.
 */
unsigned milter_plan(const struct ruleset *r, bool urgent);

/*
 * The same as bits of the protocol (SMFIP_* of libmilter/mfdef.h): steps we can
 * do without, and answers the MTA need not wait for.
 */
unsigned long milter_plan_steps(unsigned plan);

#endif
