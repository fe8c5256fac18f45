/* engine - one SMTP session, step by step */

#include "engine/engine.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "checks/check.h"
#include "checks/message_budget.h"
#include "counters/counters.h"
#include "engine/engine_message.h"
#include "engine/engine_names.h"
#include "engine/engine_pending.h"
#include "engine/engine_report.h"
#include "engine/engine_time.h"
#include "engine/ruleset.h"
#include "model/slots.h"
#include "words/reason.h"

struct engine {
	struct ruleset *rules;
	struct recorder *recorder;
	struct session session;
	struct findings found;
	struct slots slots;
	struct message message;
	struct marks marks;
	bool urgent;		/* the door found something: answer at MAIL */
	bool refused;		/* something of this message was: what the
				   client says next may be out of place */
	bool judged;		/* the end of the message was let pass by us */
	enum stage stage;	/* how far the session has come */
	enum wait wait;
	int64_t wait_ms;
	enum about about;	/* which reasons may be issued */
	bool at_connect;	/* a question of that stage */
	int last;		/* reason of the last refusal */
	char *kept;		/* its text, not yet given */
	struct pending pending;
	const struct engine_watcher *watcher;
};

static struct engine *
make(struct ruleset *rules, struct recorder *recorder, enum wait wait,
    int64_t ms)
{
	struct engine *e = mem_alloc(sizeof *e);

	e->rules = ruleset_hold(rules);
	e->recorder = recorder;
	e->wait = wait;
	e->wait_ms = ms;
	session_init(&e->session);
	return e;
}

struct engine *
engine_new(struct ruleset *rules, struct recorder *recorder)
{
	engine_count(COUNT_SESSIONS);
	return make(rules, recorder, WAIT_NOT, 0);
}

struct engine *
engine_new_question(struct ruleset *rules, struct recorder *recorder,
    int64_t ms)
{
	return make(rules, recorder, WAIT_OURS, ms);
}

void
engine_free(struct engine *e)
{
	if (e == NULL)
		return;
	pending_flush(&e->pending);
	free(e->kept);
	marks_clear(&e->marks);
	message_forget(&e->message);
	findings_free(&e->found);
	slots_free(&e->slots);
	session_free(&e->session);
	ruleset_release(e->rules);
	free(e);
}

void
engine_answer_about(struct engine *e, enum about about)
{
	e->about = about;
}

void
engine_keep(struct engine *e, const char *text)
{
	mem_replace(&e->kept, text);
}

char *
engine_kept(struct engine *e, enum about about)
{
	char *text = engine_refused_about(e) == about ? e->kept : NULL;

	if (text != NULL)
		e->kept = NULL;
	return text;
}

enum about
engine_refused_about(const struct engine *e)
{
	return e->last != REASON_NONE ? reason_about(e->last) : ABOUT_ANY;
}

void
engine_answer_at(struct engine *e, enum stage stage)
{
	e->at_connect = stage == STAGE_CONNECT;
}

static void
withhold_others(struct engine *e)
{
	struct finding *f;
	size_t i;

	for (i = 0; e->about != ABOUT_ANY && i < e->found.n; i++) {
		f = &e->found.v[i];
		f->withheld = reason_about(f->reason) != e->about;
	}
}

struct session *
engine_session(struct engine *e)
{
	return &e->session;
}

const struct ruleset *
engine_rules(const struct engine *e)
{
	return e->rules;
}

const struct marks *
engine_marks(const struct engine *e)
{
	return &e->marks;
}

void
engine_watch(struct engine *e, const struct engine_watcher *w)
{
	e->watcher = w;
}

static void
run_watched(struct engine *e, const struct check_ctx *ctx)
{
	size_t before = e->found.n;
	int64_t began = clock_us();

	ctx->check->run(ctx, &e->found);
	e->watcher->check(e->watcher->arg, ctx->check, ctx->stage,
	    e->found.n > before ? &e->found.v[before] : NULL,
	    e->found.n - before, clock_us() - began);
}

static struct check_ctx
context(struct engine *e, enum stage stage)
{
	return (struct check_ctx){ .session = &e->session,
		.site = &e->rules->site, .slots = &e->slots,
		.stage = stage,
		.deadline = clock_ms() + e->rules->daemon.step_timeout,
		.question = e->wait == WAIT_OURS };
}

static void
run_checks(struct engine *e, enum stage stage)
{
	struct check_ctx ctx = context(e, stage);
	const struct rule *rule = NULL;

	while ((rule = ruleset_next(e->rules, rule, &ctx)) != NULL) {
		if ((rule->check->stages & STAGE_BIT(stage)) == 0)
			continue;
		if (e->watcher != NULL)
			run_watched(e, &ctx);
		else
			rule->check->run(&ctx, &e->found);
	}
}

/* Work on a message counts, whoever does it. */
static struct budget *
budget_at(struct engine *e, enum stage stage)
{
	return stage == STAGE_HEADERS || stage == STAGE_MESSAGE ?
	    message_budget(&e->slots, &e->rules->site) : NULL;
}

static bool
is_issued_at(const struct engine *e, enum stage stage)
{
	return stage == STAGE_RCPT || stage == STAGE_MESSAGE ||
	    (stage == STAGE_CONNECT && e->at_connect) ||
	    (stage == STAGE_MAIL && (e->rules->issued_at_mail || e->urgent));
}

static void
collect_marks(struct engine *e, const struct decision *d, const char *id)
{
	const struct site *site = &e->rules->site;
	size_t i;

	marks_clear(&e->marks);
	if (e->rules->policy.mode == MODE_OBSERVE || action_refuses(d->taken))
		return;
	marks_add(&e->marks, &d->because, site, id);
	for (i = 0; i < d->nalso; i++)
		marks_add(&e->marks, &d->also[i], site, id);
	marks_results(&e->marks, &e->slots, &e->session, site);
	marks_find_forged(&e->marks, &e->session, site);
}

static void
tell_checks(struct engine *e, enum action taken)
{
	struct check_ctx ctx = context(e, STAGE_MESSAGE);
	const struct rule *rule = NULL;

	while ((rule = ruleset_next(e->rules, rule, &ctx)) != NULL)
		if (rule->check->judged != NULL)
			rule->check->judged(&ctx, &e->found, taken);
}

static enum action
decide(struct engine *e, enum stage stage, struct reply *reply, int64_t began)
{
	struct report report = { .rules = e->rules, .recorder = e->recorder,
		.session = &e->session, .stage = stage, .began = began,
		.may_wait = e->wait == WAIT_OURS };
	struct decision decision;
	const char *id;

	withhold_others(e);
	policy_decide(&e->rules->policy, &e->session, &e->found, stage,
	    &decision);
	policy_count(&decision);
	id = report_decision(&report, &decision, reply);
	if (stage == STAGE_MESSAGE) {
		collect_marks(e, &decision, id);
		report_closings(&report, &decision);
		tell_checks(e, decision.taken);
	}
	if (e->watcher != NULL)
		e->watcher->decided(e->watcher->arg, stage, &decision,
		    &report.reply, id);
	if (report.waits)
		pending_keep(&e->pending, &report, &decision, e->wait_ms);
	else
		report_end(&report);
	e->refused |= action_refuses(decision.taken);
	if (action_refuses(decision.taken))
		e->last = decision.because.finding->reason;
	return decision.taken;
}

/* MTAs skip the end of the header where no check needs it. */
static void
begin_message(struct engine *e)
{
	if (e->message.rules == NULL)
		message_begin(&e->message, e->rules,
		    context(e, STAGE_HEADERS));
}

/* Runs what is to be said at this stage, and says it if it is the turn. */
static enum action
judge(struct engine *e, enum stage stage, struct reply *reply, int64_t began)
{
	enum action action = ACTION_OFF;

	counters_step_begin();
	budget_enter(budget_at(e, stage));
	if (stage == STAGE_MESSAGE) {
		begin_message(e);
		message_end(&e->message);
	}
	run_checks(e, stage);
	budget_leave(budget_at(e, stage));
	if (is_issued_at(e, stage))
		action = decide(e, stage, reply, began);
	counters_step_end();
	return action;
}

enum action
engine_step(struct engine *e, enum stage stage, struct reply *reply)
{
	int64_t began = clock_us();
	enum action action;

	if (e->session.local)
		return ACTION_OFF;
	e->stage = stage;
	findings_restart(&e->found, stage);
	slots_restart(&e->slots, stage);
	if (stage > STAGE_RCPT)
		e->session.rcpt = NULL;
	action = judge(e, stage, reply, began);
	if (stage == STAGE_RCPT && !action_refuses(action))
		session_rcpt_accepted(&e->session);
	e->judged = stage == STAGE_MESSAGE && !action_refuses(action);
	if (e->wait != WAIT_OURS)
		engine_count_stage(stage);
	engine_time_add(stage, clock_us() - began);
	return action;
}

/* There may be millions of them: nothing is copied, and no clock is read. */
static void
pass_field(struct engine *e, const char *name, const char *value)
{
	struct check_ctx ctx = { .session = &e->session,
		.site = &e->rules->site, .slots = &e->slots,
		.stage = STAGE_HEADERS };
	const struct header h = { .name = (char *)(uintptr_t)name,
		.raw = (char *)(uintptr_t)value,
		.value = (char *)(uintptr_t)value + (*value == ' ') };
	size_t i;

	if (!budget_spend(budget_at(e, STAGE_HEADERS), BUDGET_FIELDS, 1))
		return;
	for (i = 0; i < e->rules->nlate; i++) {
		ctx.check = e->rules->late[i]->check;
		ctx.options = e->rules->late[i]->options;
		ctx.check->field(&ctx, &h);
	}
}

/* What the session does not keep is looked at here and now. */
void
engine_header(struct engine *e, const char *name, const char *value)
{
	if (!session_header(&e->session, name, value) && !e->session.local)
		pass_field(e, name, value);
}

bool
engine_skips_header(struct engine *e, const char *name, size_t bytes)
{
	if (!budget_at(e, STAGE_HEADERS)->over ||
	    session_keeps_header(&e->session, name))
		return false;
	e->session.header_bytes += bytes;
	return true;
}

void
engine_body(struct engine *e, const char *bytes, size_t n)
{
	session_body(&e->session, n);
	if (e->session.local)
		return;
	budget_enter(budget_at(e, STAGE_MESSAGE));
	begin_message(e);
	message_body(&e->message, bytes, n);
	budget_leave(budget_at(e, STAGE_MESSAGE));
}

void
engine_find(struct engine *e, int reason, const char *check,
    enum stage stage)
{
	struct finding *f = findings_add(&e->found, reason, check, stage);

	f->issued_at = STAGE_MAIL;
	e->urgent = true;
}

void
engine_reset(struct engine *e)
{
	engine_end_message(e);
	if (e->stage > STAGE_HELO)
		e->stage = STAGE_HELO;
	e->refused = e->judged = false;
	session_reset(&e->session);
}

void
engine_end_message(struct engine *e)
{
	message_forget(&e->message);
	findings_reset(&e->found);
	slots_reset(&e->slots);
	marks_clear(&e->marks);
}

static struct report
report_here(struct engine *e, enum stage stage)
{
	return (struct report){ .rules = e->rules, .recorder = e->recorder,
		.session = &e->session, .stage = stage, .began = clock_us() };
}

/* Some checks count what the MTA refuses. */
static void
pass_refused(struct engine *e, enum stage stage, const char *status)
{
	struct check_ctx ctx = context(e, stage);
	const struct rule *rule = NULL;

	while ((rule = ruleset_next(e->rules, rule, &ctx)) != NULL)
		if (rule->check->refused != NULL)
			rule->check->refused(&ctx, status);
}

void
engine_refused_by_mta(struct engine *e, const char *status, const char *text)
{
	struct report report = report_here(e, STAGE_RCPT);

	e->stage = STAGE_RCPT;
	e->refused = true;
	record_id(report.id);
	reply_read(&report.reply, status, text);
	report.name = engine_lookup(&report.reply, &e->session,
	    clock_ms() + e->rules->daemon.step_timeout);
	pass_refused(e, STAGE_RCPT, status);
	pending_keep(&e->pending, &report, NULL,
	    e->wait == WAIT_MTA ? e->wait_ms : 0);
	engine_count(COUNT_REFUSED_BY_MTA);
}

void
engine_wait_mta(struct engine *e, int64_t ms)
{
	e->wait = WAIT_MTA;
	e->wait_ms = ms;
}

void
engine_flush(struct engine *e)
{
	pending_flush(&e->pending);
}

void
engine_expire(struct engine *e, int64_t now)
{
	pending_expire(&e->pending, now);
}

void
engine_cancel(struct engine *e)
{
	pending_cancel(&e->pending);
}

bool
engine_issued(const struct engine *e, const char *text)
{
	return e->pending.ours && pending_is(&e->pending, text);
}

bool
engine_issued_to(const struct engine *e, const struct session *s,
    const char *text)
{
	const struct session *own = &e->session;

	return engine_issued(e, text) && own->rcpt != NULL && s->rcpt != NULL &&
	    own->client_port == s->client_port &&
	    ip_equal(&own->client, &s->client) &&
	    strcmp(own->rcpt->mailbox.text, s->rcpt->mailbox.text) == 0;
}

bool
engine_matches(const struct engine *e, const struct question *q)
{
	return pending_matches(&e->pending, q);
}

bool
engine_matches_words(const struct engine *e, const struct question *q)
{
	return pending_matches_words(&e->pending, q);
}

void
engine_note_refused(struct engine *e)
{
	e->stage = STAGE_RCPT;
	e->refused = true;
}

/* A recipient that we accepted and a filter after us refuses. */
static void
take_back(struct engine *e, const struct pending *p)
{
	struct recipient *rcpt = e->session.rcpt;

	if (!p->by_filter || e->stage != STAGE_RCPT || rcpt == NULL ||
	    !rcpt->accepted)
		return;
	rcpt->accepted = false;
	e->session.naccepted--;
}

bool
engine_rewrite(struct engine *e, const struct question *q, struct reply *out)
{
	struct report report = report_here(e, e->stage);
	bool rewrites;

	if (!pending_matches(&e->pending, q)) {
		const struct unforeseen unforeseen = { .refused = e->refused,
			.judged = e->judged };

		pass_refused(e, e->stage, q->stock.status);
		pending_begin(&e->pending, &report, q, &unforeseen);
	}
	rewrites = pending_rewrite(&e->pending, q, out);
	take_back(e, &e->pending);
	e->refused = true;
	return rewrites;
}

bool
engine_rewrite_unknown(struct ruleset *rules, struct recorder *recorder,
    const struct session *known, const struct question *q,
    struct reply *out)
{
	static const struct session nobody = { .declared_size = -1 };
	const struct unforeseen unforeseen = { .unjoined = known == NULL };
	struct report report = { .rules = rules, .recorder = recorder,
		.session = known != NULL ? known : &nobody,
		.stage = known != NULL && known->helo != NULL ? STAGE_HELO :
		    STAGE_CONNECT,
		.began = clock_us() };
	struct pending pending = { .state = PENDING_NONE };
	bool rewrites;

	pending_begin(&pending, &report, q, &unforeseen);
	rewrites = pending_rewrite(&pending, q, out);
	pending_flush(&pending);
	return rewrites;
}
