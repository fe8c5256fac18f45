/* policy - findings become a decision; pure */

#include "policy/policy.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "policy/exception.h"
#include "policy/override.h"
#include "words/reason.h"

const char *const mode_names[] = { "observe", "enforce", NULL };

enum issued_at { ISSUED_AT_RCPT, ISSUED_AT_MAIL };
static const char *const issued_at_names[] = { "rcpt", "mail", NULL };

static bool
parse_permanent(void *base, void *slot, const char *value, struct buf *errmsg)
{
	int reason = reason_by_name(value);
	const char *nearest;
	bool *permanent = slot;

	(void)base;
	if (reason != REASON_NONE && reason_allows(reason, ACTION_REJECT)) {
		permanent[reason] = true;
		return true;
	}
	nearest = diag_nearest(value, reason_names());
	if (reason != REASON_NONE)
		buf_printf(errmsg, "\"%s\" has no permanent code", value);
	else
		buf_printf(errmsg, "there is no reason \"%.60s\"%s%s%s", value,
		    nearest != NULL ? "; did you mean \"" : "",
		    nearest != NULL ? nearest : "",
		    nearest != NULL ? "\"?" : "");
	return false;
}

static void
free_permanent(void *slot)
{
	memset(slot, 0, sizeof ((struct policy *)NULL)->permanent);
}

static bool
parse_code(void *base, void *slot, const char *value, struct buf *errmsg)
{
	if (strlen(value) == 3 && (*value == '4' || *value == '5') &&
	    strspn(value, "0123456789") == 3)
		return option_parse_int(base, slot, value, errmsg);
	buf_printf(errmsg, "\"%.60s\" is no code of a refusal (4yz, 5yz)",
	    value);
	return false;
}

static bool
parse_time(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct tm tm = { .tm_mday = 1 };
	const char *end = strptime(value, "%Y-%m-%dT%H:%M:%SZ", &tm);
	int day = tm.tm_mday;
	time_t t = timegm(&tm);

	(void)base;
	/* The 30th of February becomes a day of March. */
	if (end == NULL || *end != '\0' || tm.tm_mday != day) {
		buf_printf(errmsg, "\"%.60s\" is no time in UTC, written like "
		    "2026-01-31T18:00:00Z", value);
		return false;
	}
	*(long long *)slot = (long long)t;
	return true;
}

static void
free_time(void *slot)
{
	*(long long *)slot = 0;
}

#define AT(member) offsetof(struct policy, member)

const struct option policy_options[] = {
	{ .name = "mode", .type = OPTION_WORD, .offset = AT(mode),
	    .words = mode_names, .default_value = "observe",
	    .help = "observe: decide and record, refuse nothing; enforce" },
	{ .name = "enforce-after", .type = OPTION_PARSE,
	    .offset = AT(enforce_after), .parse = parse_time,
	    .free = free_time,
	    .help = "observe until this time, enforce from then on, whatever "
	    "mode says; 2026-01-31T18:00:00Z" },
	{ .name = "issue-at", .old_name = "speak-at", .type = OPTION_WORD,
	    .offset = AT(issued_at), .words = issued_at_names,
	    .default_value = "rcpt",
	    .help = "where client, HELO and sender refusals are issued" },
	{ .name = "make-permanent", .type = OPTION_LIST,
	    .offset = AT(permanent), .parse = parse_permanent,
	    .free = free_permanent,
	    .help = "reasons for which the reply map refuses what the MTA "
	    "defers" },
	{ .name = "pass-replies", .type = OPTION_LIST, .offset = AT(pass),
	    .default_value = "{500, 501, 502, 503}", .parse = parse_code,
	    .free = option_free_ints,
	    .help = "codes of the MTA that the reply map leaves alone" },
	{ .name = "reason", .type = OPTION_GROUP, .offset = AT(reasons),
	    .rows = override_options, .item_size = sizeof(struct override),
	    .finish = override_finish,
	    .help = "what is done and said about one reason" },
	{ .name = "exception", .type = OPTION_GROUP,
	    .offset = AT(exceptions), .rows = exception_options,
	    .item_size = sizeof(struct exception),
	    .help = "for whom the policy differs" },
	{ .name = NULL }
};

static void
finish_reasons(struct policy *p, struct diags *d)
{
	const struct override *o;
	size_t i;
	int reason;

	for (reason = 1; reason < REASON_COUNT; reason++) {
		p->action[reason] = reason_get(reason)->action;
		p->wording[reason].reason = reason;
	}
	for (i = 0; i < p->reasons.n; i++) {
		o = p->reasons.v[i];
		reason = override_reason(o, d);
		if (reason == REASON_NONE)
			continue;
		override_apply(o, &p->action[reason], &p->wording[reason]);
		if (o->issued_at.set)
			p->issued[reason] = o->issued_at;
	}
}

void
policy_finish(struct policy *p, const struct site *site, struct diags *d)
{
	size_t i;

	p->site = site;
	if (p->enforce_after != 0)
		p->mode = clock_now().tv_sec < p->enforce_after ?
		    MODE_OBSERVE : MODE_ENFORCE;
	finish_reasons(p, d);
	for (i = 0; i < p->exceptions.n; i++)
		exception_finish(p->exceptions.v[i], d);
	exception_index_build(&p->by_key, &p->exceptions);
	if (p->issued_at == ISSUED_AT_MAIL)
		diags_warn(d, NULL, 0, "issue-at = mail: who is refused at "
		    "MAIL cannot reach postmaster either");
}

void
policy_clear(struct policy *p)
{
	exception_index_free(&p->by_key);
	option_clear(policy_options, p);
}

enum stage
policy_issuing_stage(const struct policy *p, const struct finding *f)
{
	if (f->stage > STAGE_RCPT)
		return STAGE_MESSAGE;
	if (f->stage == STAGE_RCPT)
		return STAGE_RCPT;
	if (p->issued[f->reason].set)
		return f->stage > p->issued[f->reason].stage ? f->stage :
		    p->issued[f->reason].stage;
	return p->issued_at == ISSUED_AT_MAIL ? STAGE_MAIL : f->issued_at;
}

/* Those whom we refuse must be able to ask why: RFC 5321 section 4.5.1. */
static bool
is_exempt(const struct policy *p, const struct session *s,
    const struct mailbox *rcpt, const struct finding *f)
{
	return f->identity && (site_trusts(p->site, s) ||
	    (rcpt != NULL && site_is_postmaster(p->site, rcpt)));
}

/*
 * Is the peer on an allow list? `rcpt` is the number of the recipient, 0: none
 * yet.
 */
static bool
is_waived(const struct policy *p, const struct findings *found,
    const struct finding *f, size_t rcpt)
{
	const struct finding *g;
	size_t i;

	if (!f->identity || f->waives || f->section == NULL)
		return false;
	for (i = 0; i < found->n; i++) {
		g = &found->v[i];
		if (g->waives && strcmp(g->section, f->section) == 0 &&
		    (g->rcpt == 0 || g->rcpt == rcpt) &&
		    p->action[g->reason] != ACTION_OFF)
			return true;
	}
	return false;
}

/* One question to the policy: about this session and what was found. */
struct decision_context {
	const struct policy *policy;
	const struct session *session;
	const struct findings *found;
	struct exception_found exceptions;	/* that may be about it */
};

/* The first that is about them, and says something of the finding. */
static struct exception *
find_exception(const struct decision_context *m, const struct mailbox *rcpt,
    const struct finding *f)
{
	const struct policy *p = m->policy;
	const struct exception_found *all = &m->exceptions;
	struct exception_found more = exception_index_of_rcpt(&p->by_key,
	    rcpt);
	struct exception *e, *found = NULL;
	size_t i = 0, j = 0;

	while (found == NULL && (i < all->n || j < more.n)) {
		if (j == more.n || (i < all->n && all->v[i] < more.v[j]))
			e = p->exceptions.v[all->v[i++]];
		else
			e = p->exceptions.v[more.v[j++]];
		if (exception_action(e, f) != NULL &&
		    exception_matches(e, m->session, rcpt))
			found = e;
	}
	free(more.v);
	return found;
}

/* What the policy does about one finding, for the recipient of this number. */
static struct verdict
judge(const struct decision_context *m, const struct mailbox *rcpt,
    size_t number, const struct finding *f)
{
	const struct policy *p = m->policy;
	const struct session *s = m->session;
	struct verdict v = { .finding = f, .action = p->action[f->reason] };
	struct exception *e = find_exception(m, rcpt, f);

	if (e != NULL) {
		v.action = exception_action(e, f)->action;
		v.exception = e->item.title;
		v.changed_by = e;
	}
	if (is_exempt(p, s, rcpt, f) || is_waived(p, m->found, f, number))
		v.action = ACTION_OFF;
	if (f->final && v.action == ACTION_TEMPFAIL &&
	    reason_allows(f->reason, ACTION_REJECT))
		v.action = ACTION_REJECT;
	if (f->closes)
		v.action = action_refuses(v.action) ? ACTION_NOTE : ACTION_OFF;
	if (f->unverified && v.action > ACTION_NOTE)
		v.action = ACTION_NOTE;
	if (f->max != ACTION_OFF && v.action > f->max)
		v.action = f->max;
	return v;
}

/*
 * After the final dot the strictest verdict of any recipient we accepted
 * stands; a finding about one recipient is judged for that one.
 */
static struct verdict
judge_message(const struct decision_context *m, const struct finding *f)
{
	const struct session *s = m->session;
	struct verdict strictest = { .finding = f, .action = ACTION_OFF }, v;
	bool judged = false;
	size_t i;

	for (i = 0; i < s->nrecipients; i++) {
		if (!s->recipients[i].accepted ||
		    (f->rcpt != 0 && f->rcpt != i + 1))
			continue;
		v = judge(m, &s->recipients[i].mailbox, i + 1, f);
		if (!judged || v.action > strictest.action)
			strictest = v;
		judged = true;
	}
	return judged || f->rcpt != 0 ? strictest : judge(m, NULL, 0, f);
}

/* Where nobody asks before MAIL, it is issued there. */
static bool
is_turn(enum stage issued_at, enum stage stage)
{
	return issued_at == stage ||
	    (stage == STAGE_MAIL && issued_at < STAGE_MAIL);
}

/* What this finding means at this stage; OFF when it is not its turn. */
static struct verdict
judge_at(const struct decision_context *m, const struct finding *f,
    enum stage stage)
{
	struct verdict v = { .finding = f, .action = ACTION_OFF };
	enum stage issued_at = policy_issuing_stage(m->policy, f);
	const struct session *s = m->session;

	if (stage == STAGE_MESSAGE) {
		v = judge_message(m, f);
		/* Refusals of earlier stages have been issued there. */
		if (issued_at != STAGE_MESSAGE && action_refuses(v.action))
			v.action = ACTION_OFF;
		return v;
	}
	if (f->withheld || !is_turn(issued_at, stage) ||
	    (f->rcpt != 0 && f->rcpt != s->nrecipients))
		return v;
	return s->rcpt != NULL ?
	    judge(m, &s->rcpt->mailbox, s->nrecipients, f) :
	    judge(m, NULL, 0, f);
}

static void
keep_also(struct decision *d, const struct verdict *v)
{
	if (v->finding != NULL && v->action != ACTION_OFF &&
	    d->nalso < DECISION_ALSO_MAX)
		d->also[d->nalso++] = *v;
}

/*
 * RFC 7372 section 4: where more than one proof is refused for, the reply is
 * that of several, and names each.
 */
static void
join_proofs(struct decision *d)
{
	struct verdict *several = NULL, other;
	size_t i, refused = 0;

	if (d->because.action != ACTION_REJECT ||
	    !reason_get(d->because.finding->reason)->proof)
		return;
	for (i = 0; i < d->nalso; i++) {
		if (d->also[i].finding->reason == REASON_SEVERAL_AUTH_FAILED)
			several = &d->also[i];
		else if (reason_get(d->also[i].finding->reason)->proof)
			refused += action_refuses(d->also[i].action);
	}
	if (several == NULL || refused == 0)
		return;
	other = d->because;
	d->because.finding = several->finding;
	*several = other;
}

void
policy_decide(const struct policy *p, const struct session *s,
    const struct findings *found, enum stage stage, struct decision *d)
{
	struct decision_context m = { p, s, found, { .v = NULL } };
	struct verdict v;
	size_t i;

	d->because = (struct verdict){ .finding = NULL, .action = ACTION_OFF };
	d->nalso = d->nchanged = 0;
	if (found->n > 0)
		m.exceptions = exception_index_find(&p->by_key, s);
	for (i = 0; i < found->n; i++) {
		v = judge_at(&m, &found->v[i], stage);
		if (v.changed_by != NULL && d->nchanged < DECISION_ALSO_MAX)
			d->changed_by[d->nchanged++] = v.changed_by;
		if (v.action > d->because.action) {
			keep_also(d, &d->because);
			d->because = v;
		} else
			keep_also(d, &v);
	}
	free(m.exceptions.v);
	join_proofs(d);
	d->wanted = d->taken = d->because.action;
	if (p->mode == MODE_OBSERVE && d->taken > ACTION_NOTE)
		d->taken = ACTION_NOTE;
}

void
policy_count(const struct decision *d)
{
	size_t i;

	for (i = 0; i < d->nchanged; i++)
		d->changed_by[i]->matched++;
}

/* Does any exception say this much or more about the reason? */
static bool
has_exception(const struct policy *p, int reason, enum action min,
    enum action max)
{
	const struct exception *e;
	size_t i;

	for (i = 0; i < p->exceptions.n; i++) {
		e = p->exceptions.v[i];
		if (e->by_reason[reason].set &&
		    e->by_reason[reason].action >= min &&
		    e->by_reason[reason].action <= max)
			return true;
	}
	return false;
}

bool
policy_ignores(const struct policy *p, int reason)
{
	return p->action[reason] == ACTION_OFF &&
	    !has_exception(p, reason, ACTION_NOTE, ACTION_REJECT);
}

bool
policy_may_mark(const struct policy *p, int reason)
{
	return p->action[reason] == ACTION_MARK ||
	    p->action[reason] == ACTION_QUARANTINE ||
	    has_exception(p, reason, ACTION_MARK, ACTION_QUARANTINE);
}
