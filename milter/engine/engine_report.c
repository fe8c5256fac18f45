/* engine_report - a decision becomes a reply and a record, and is counted */

#include "engine/engine_report.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "engine/ruleset.h"
#include "records/recorder.h"

static _Atomic uint64_t counts[COUNT_REFUSED_BY_MTA + 1];

void
engine_count(enum count what)
{
	atomic_fetch_add_explicit(&counts[what], 1, memory_order_relaxed);
}

void
engine_count_stage(enum stage stage)
{
	if (stage == STAGE_RCPT)
		engine_count(COUNT_RECIPIENTS);
	else if (stage == STAGE_MESSAGE)
		engine_count(COUNT_MESSAGES);
}

struct engine_counts
engine_counts(void)
{
	return (struct engine_counts){
		.sessions = counts[COUNT_SESSIONS],
		.messages = counts[COUNT_MESSAGES],
		.recipients = counts[COUNT_RECIPIENTS],
		.rejected = counts[COUNT_REJECTED],
		.tempfailed = counts[COUNT_TEMPFAILED],
		.observed = counts[COUNT_OBSERVED],
		.quarantined = counts[COUNT_QUARANTINED],
		.marked = counts[COUNT_MARKED],
		.refused_by_mta = counts[COUNT_REFUSED_BY_MTA]
	};
}

/* What the record says happened, and whether there is anything to record. */
static bool
outcome_of(const struct decision *d, enum stage stage, enum outcome *outcome)
{
	if (d->wanted < ACTION_QUARANTINE ||
	    (d->wanted == ACTION_QUARANTINE && stage != STAGE_MESSAGE))
		return false;
	if (d->taken != d->wanted)
		*outcome = OUTCOME_OBSERVED;
	else if (d->taken == ACTION_QUARANTINE)
		*outcome = OUTCOME_QUARANTINE;
	else
		*outcome = d->taken == ACTION_REJECT ? OUTCOME_REJECT :
		    OUTCOME_TEMPFAIL;
	return true;
}

static void
count_outcome(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_REJECT:
		engine_count(COUNT_REJECTED);
		break;
	case OUTCOME_TEMPFAIL:
		engine_count(COUNT_TEMPFAILED);
		break;
	case OUTCOME_OBSERVED:
		engine_count(COUNT_OBSERVED);
		break;
	case OUTCOME_QUARANTINE:
		engine_count(COUNT_QUARANTINED);
		break;
	case OUTCOME_BOUNCED:
	case OUTCOME_DEFERRED:
	case OUTCOME_DISCARDED:
	case OUTCOME_ON_HOLD:
	case OUTCOME_TAKEN:
		break;
	}
}

void
report_emit(struct report *r, struct record *record)
{
	record->time = clock_now();
	memcpy(record->id, r->id, sizeof record->id);
	record->stage = r->stage;
	record->host = r->rules->site.name;
	record->submission = site_is_submission(&r->rules->site, r->session);
	record->mode = (enum mode)r->rules->policy.mode;
	record->policy = r->rules->fingerprint;
	record->session = r->session;
	record->us = clock_us() - r->began;
	recorder_emit(r->recorder, record);
}

static void
render(struct report *r, const struct decision *d)
{
	const struct finding *f = d->because.finding;
	const struct reply_facts facts = { .session = r->session,
		.finding = f, .site = &r->rules->site, .id = r->id };

	reply_render(&r->reply, &r->rules->policy.wording[f->reason],
	    d->wanted, &facts);
}

const char *
report_decision(struct report *r, const struct decision *d,
    struct reply *out)
{
	struct record record = { .issuer = ISSUER_SAYWHY, .decision = d };

	if (!outcome_of(d, r->stage, &record.outcome)) {
		if (d->taken == ACTION_MARK && r->stage == STAGE_MESSAGE)
			engine_count(COUNT_MARKED);
		return NULL;
	}
	record_id(r->id);
	if (action_refuses(d->wanted)) {
		render(r, d);
		record.reply = &r->reply;
	}
	record.reason = d->because.finding->reason;
	r->waits = r->may_wait && action_refuses(d->taken);
	if (!r->waits)
		report_emit(r, &record);
	count_outcome(record.outcome);
	if (action_refuses(d->taken))
		reply_copy(out, &r->reply);
	return r->id;
}

/* A record of its own, about the one recipient that had to wait. */
static void
emit_closing(const struct report *r, const struct finding *f)
{
	struct session about = *r->session;	/* a view: owns nothing */
	struct decision d = { .because = { .finding = f,
		.action = ACTION_NOTE } };
	struct record record = { .issuer = ISSUER_SAYWHY, .decision = &d,
		.outcome = OUTCOME_TAKEN, .reason = f->reason };
	struct report own = *r;

	if (f->rcpt > 0 && f->rcpt <= about.nrecipients)
		about.rcpt = &about.recipients[f->rcpt - 1];
	own.session = &about;
	record_id(own.id);
	report_emit(&own, &record);
}

void
report_closings(const struct report *r, const struct decision *d)
{
	const struct finding *f = d->because.finding;
	size_t i;

	if (action_refuses(d->taken) || r->rules->policy.mode == MODE_OBSERVE)
		return;
	if (f != NULL && f->closes && d->because.action == ACTION_NOTE)
		emit_closing(r, f);
	for (i = 0; i < d->nalso; i++)
		if (d->also[i].finding->closes &&
		    d->also[i].action == ACTION_NOTE)
			emit_closing(r, d->also[i].finding);
}

enum outcome
report_outcome(const struct reply *reply)
{
	return reply->code / 100 == 4 || reply->status[0] == '4' ?
	    OUTCOME_TEMPFAIL : OUTCOME_REJECT;
}

void
report_end(struct report *r)
{
	reply_clear(&r->reply);
}
