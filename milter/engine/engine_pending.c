/* engine_pending - refusals that leave in the MTA's words */

#include "engine/engine_pending.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "engine/engine_sentence.h"
#include "engine/ruleset.h"
#include "model/finding.h"
#include "model/occasion.h"
#include "words/mta_words.h"
#include "words/reason.h"
#include "words/recognise.h"
#include "words/rewrite.h"

/* What was recognised, as a finding, and what is made of it. */
struct reading {
	struct recognised words;
	struct mta_words known;		/* its reason counts */
	struct buf room;		/* what `words` may point into */
	struct findings list;	/* owns the finding's evidence */
	struct decision decision;
};

static void
reading_free(struct reading *r)
{
	findings_free(&r->list);
	buf_free(&r->room);
}

/* What is known of the moment at which the reply is issued. */
static struct occasion
occasion_of(const struct pending *h)
{
	const struct session *s = h->report.session;

	return (struct occasion){ .known = !h->unjoined,
		.stage = h->report.stage, .greeted = s->helo != NULL,
		.tls = s->tls != NULL, .login = s->login != NULL,
		.submission = site_is_submission(&h->report.rules->site, s),
		.author = h->by_filter ? AUTHOR_FILTER :
		    h->shown ? AUTHOR_MTA : AUTHOR_UNKNOWN,
		.name = h->report.name };
}

/* Others rarely say whose SPF it is: the sender's, if not the HELO name's. */
static void
name_spf_domain(struct finding *f, const struct session *s,
    const struct reply *reply)
{
	static const int spf[] = { REASON_SPF_FAIL, REASON_SPF_SOFTFAIL,
		REASON_SPF_NEUTRAL, REASON_SPF_PERMERROR,
		REASON_SPF_TEMPERROR };
	size_t i;

	for (i = 0; i < sizeof spf / sizeof spf[0]; i++)
		if (f->reason == spf[i] && s->sender.domain != NULL &&
		    finding_value(f, EVIDENCE_DOMAIN) == NULL &&
		    strcasestr(reply->lines[0], "helo") == NULL)
			finding_say(f, EVIDENCE_DOMAIN, s->sender.domain);
}

/* A guess does not count: only certain matches are used. */
static void
read_words(struct reading *r, const struct pending *h,
    const struct reply *reply, const char *text, size_t n)
{
	const struct occasion at = occasion_of(h);
	struct finding *f;

	memset(r, 0, sizeof *r);
	r->room = (struct buf)BUF_INIT;
	mta_words_recognise(reply, text, n, TOPIC_NONE, &r->room, &r->words);
	mta_words_read(&r->known, reply, &r->words, h->report.session, &at);
	f = findings_add(&r->list, r->known.reason, NULL, h->report.stage);
	mta_words_put_evidence(&r->known, &r->words, f);
	name_spf_domain(f, h->report.session, reply);
	r->decision.because.finding = f;
}

/* An issuer that is recognised by name is neither Postfix nor Sendmail. */
static enum issuer
issuer_of(const struct pending *h, const struct recognised *r)
{
	if (h->shown)
		return ISSUER_MTA;
	return h->by_filter || (r->software != NULL &&
	    strcmp(r->software, "Postfix") != 0 &&
	    strcmp(r->software, "Sendmail") != 0) ? ISSUER_MILTER : ISSUER_MTA;
}

static void
write_record(struct pending *h, struct record *record)
{
	record->unjoined = h->unjoined;
	if (h->spent > 0)
		h->report.began = clock_us() - h->spent;
	report_emit(&h->report, record);
	h->state = PENDING_WRITTEN;
}

/* `reply` left; it is `stock` where nothing was changed. */
static void
write_ours(struct pending *h, const struct reply *reply,
    const struct reply *stock)
{
	struct record record = { .issuer = ISSUER_SAYWHY, .reply = reply,
		.decision = &h->decision, .outcome = report_outcome(reply),
		.reason = h->decision.because.finding->reason,
		.was = reply != stock ? stock : NULL };

	write_record(h, &record);
}

static void
write_mta(struct pending *h, const struct reading *r, const struct reply *reply,
    const struct reply *stock)
{
	struct record record = { .issuer = issuer_of(h, &r->words),
		.reply = reply, .outcome = report_outcome(reply),
		.reason = r->known.reason, .software = r->words.software,
		.decision = &r->decision,
		.was = reply != stock ? stock : NULL };

	write_record(h, &record);
}

/* No query came: the MTA's event is all that is known. */
static void
write_as_known(struct pending *h)
{
	struct reply *shown = &h->report.reply;
	struct reading r;
	struct buf text = BUF_INIT;

	if (h->ours) {
		write_ours(h, shown, shown);
		return;
	}
	reply_print(shown, &text);
	read_words(&r, h, shown, text.data, text.len);
	write_mta(h, &r, shown, shown);
	reading_free(&r);
	buf_free(&text);
}

void
pending_keep(struct pending *h, struct report *report, const struct decision *d,
    int64_t ms)
{
	pending_flush(h);
	h->report = *report;
	h->ours = d != NULL;
	h->shown = d == NULL;
	if (d != NULL)
		h->decision = *d;
	h->state = PENDING_WAITING;
	h->until = clock_ms() + ms;
	h->spent = clock_us() - report->began;
	if (ms == 0)
		write_as_known(h);
}

/*
 * Whose words are these? Those of our MTA have its form, but for what its own
 * header_checks say; these come before a filter sees the end of the message.
 */
static bool
is_by_filter(const struct pending *h, const struct sentence *s,
    const struct unforeseen *unforeseen)
{
	if (s->known || unforeseen->unjoined)
		return false;
	return h->report.stage <= STAGE_RCPT ?
	    h->report.session->helo != NULL : unforeseen->judged;
}

static void
take_name(struct pending *h, const struct sentence *s)
{
	char *name = mem_ndup(s->name, s->n);

	mailbox_set(&h->named.mailbox, name);
	free(name);
}

/* A greeting that is refused at once no filter hears of. */
static void
name_helo(struct pending *h, const struct sentence *s)
{
	if (s->about != NAMES_HELO || s->name == NULL || h->view.helo != NULL)
		return;
	take_name(h, s);
	h->view.helo = h->named.mailbox.text;
}

/* Before DATA the words tell whom it is about, or it is the last recipient. */
static void
name_recipient(struct pending *h, const struct sentence *s)
{
	if (h->report.stage > STAGE_RCPT)
		return;
	if (!h->by_filter || h->report.stage != STAGE_RCPT)
		h->view.rcpt = NULL;
	if (h->view.rcpt == NULL)
		h->view.nrecipients = 0;
	if (s->name == NULL ||
	    (s->about != NAMES_RCPT && s->about != NAMES_SENDER))
		return;
	take_name(h, s);
	if (s->about == NAMES_RCPT)
		h->view.rcpt = &h->named;
	else if (h->view.sender.text == NULL)
		h->view.sender = h->named.mailbox;
}

static bool
is_ascii(const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

/*
 * A filter learns of DATA only after Postfix's own restrictions, which are
 * those of any command; what they refuse at RCPT it is shown.
 */
static enum stage
stage_of(const struct report *report, const struct sentence *s)
{
	const struct recipient *rcpt = report->session->rcpt;

	if (report->stage >= STAGE_DATA)
		return report->stage;
	if (s->stage == SENTENCE_NEXT)
		return report->stage < STAGE_MAIL ? STAGE_MAIL : STAGE_RCPT;
	if (s->stage == SENTENCE_UTF8)
		return report->stage < STAGE_MAIL || (report->stage ==
		    STAGE_MAIL && !is_ascii(report->session->sender.text)) ?
		    STAGE_MAIL : STAGE_RCPT;
	if (s->stage == SENTENCE_HELO && report->stage == STAGE_CONNECT)
		return STAGE_HELO;
	if (s->stage >= 0)
		return (enum stage)s->stage;
	return report->stage == STAGE_RCPT && s->known && s->name != NULL &&
	    rcpt != NULL && rcpt->accepted ? STAGE_DATA : report->stage;
}

/* VRFY is answered as RCPT is, but before any MAIL. */
static bool
is_question(const struct report *report, const struct sentence *s,
    const struct unforeseen *unforeseen)
{
	return s->question || (!unforeseen->unjoined &&
	    s->about == NAMES_RCPT && report->stage < STAGE_MAIL);
}

void
pending_begin(struct pending *h, const struct report *report,
    const struct question *q, const struct unforeseen *unforeseen)
{
	struct sentence s;

	pending_flush(h);
	sentence_read(&q->stock, &s);
	h->report = *report;
	reply_copy(&h->report.reply, &q->stock);
	h->view = *report->session;
	h->by_filter = is_by_filter(h, &s, unforeseen);
	h->silent = s.follows && (unforeseen->refused || unforeseen->unjoined);
	h->question = is_question(report, &s, unforeseen);
	h->report.stage = stage_of(report, &s);
	name_recipient(h, &s);
	name_helo(h, &s);
	if (!h->view.client.known)
		h->view.client = s.client;
	h->unjoined = unforeseen->unjoined;
	h->report.session = &h->view;
	record_id(h->report.id);
	h->state = PENDING_WAITING;
	h->until = clock_ms();
	if (!h->silent)
		engine_count(COUNT_REFUSED_BY_MTA);
}

void
pending_expire(struct pending *h, int64_t now)
{
	if (h->state == PENDING_WAITING && now >= h->until)
		write_as_known(h);
}

void
pending_cancel(struct pending *h)
{
	report_end(&h->report);
	mailbox_clear(&h->named.mailbox);
	memset(h, 0, sizeof *h);
}

void
pending_flush(struct pending *h)
{
	if (h->state == PENDING_NONE)
		return;
	if (h->state == PENDING_WAITING)
		write_as_known(h);
	pending_cancel(h);
}

static bool
ends_with(const char *text, const char *tail)
{
	size_t n = strlen(text), tail_n = strlen(tail);

	return tail_n > 0 && n >= tail_n &&
	    strcmp(text + n - tail_n, tail) == 0;
}

bool
pending_is(const struct pending *h, const char *text)
{
	return h->state != PENDING_NONE && h->report.reply.n > 0 &&
	    text != NULL && ends_with(text, h->report.reply.lines[0]);
}

bool
pending_matches(const struct pending *h, const struct question *q)
{
	const struct reply *shown = &h->report.reply, *stock = &q->stock;

	return pending_is(h, stock->lines[stock->n - 1]) &&
	    (h->queried & 1u << q->how) == 0 &&
	    (h->ours || *shown->status == '\0' ||
	    strcmp(shown->status, stock->status) == 0);
}

bool
pending_matches_words(const struct pending *h, const struct question *q)
{
	const struct recipient *rcpt;
	const char *line = q->stock.lines[0];
	size_t n;

	if (h->state != PENDING_WAITING || !pending_matches(h, q))
		return false;
	rcpt = h->report.session->rcpt;
	n = rcpt != NULL ? strlen(rcpt->mailbox.text) : 0;
	return n > 0 && *line == '<' &&
	    strncmp(line + 1, rcpt->mailbox.text, n) == 0 &&
	    strncmp(line + 1 + n, ">: ", 3) == 0;
}

/* What leaves instead of q->stock, in `out`. */
static void
make_ours(const struct pending *h, const struct question *q, struct reply *out)
{
	const struct rewrite how = {
		.wording = &h->report.rules->policy.wording[
		    h->decision.because.finding->reason],
		.facts = { .session = h->report.session,
		    .finding = h->decision.because.finding,
		    .site = &h->report.rules->site, .id = h->report.id,
		    .question = h->question } };

	if (q->how == ASK_FILTER)
		reply_copy(out, &h->report.reply);
	else
		rewrite_add(out, &q->stock, &how);
}

static void
make_mta(const struct pending *h, const struct reading *r,
    const struct question *q, struct reply *out)
{
	const struct ruleset *rules = h->report.rules;
	const struct rewrite how = {
		.known = &r->known,
		.wording = &rules->policy.wording[r->known.reason],
		.greeting = h->report.stage == STAGE_CONNECT,
		.facts = { .session = h->report.session,
		    .finding = r->decision.because.finding,
		    .site = &rules->site, .id = h->report.id,
		    .question = h->question },
		.permanent = r->known.sure &&
		    rules->policy.permanent[r->known.reason] };

	if (q->how == ASK_FILTER)
		rewrite_whole(out, &q->stock, &how);
	else
		rewrite_add(out, &q->stock, &how);
}

static bool
answer_ours(struct pending *h, const struct question *q, struct reply *out)
{
	make_ours(h, q, out);
	if (h->state == PENDING_WAITING)
		write_ours(h, out, &q->stock);
	return true;
}

/*
 * Of the codes that are to be passed: protocol errors of a program are noise,
 * what a person can correct is not.
 */
static bool
is_noise(const struct pending *h, int reason, const struct reply *stock)
{
	static const int reasons[] = { REASON_UNRECOGNISED,
		REASON_COMMAND_UNKNOWN, REASON_COMMAND_NOT_IMPLEMENTED,
		REASON_SEQUENCE, REASON_SYNTAX, REASON_PARAMETER_UNKNOWN };
	size_t i;

	if (!option_ints_has(&h->report.rules->policy.pass, stock->code))
		return false;
	for (i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (reason == reasons[i])
			return true;
	return false;
}

static bool
answer_mta(struct pending *h, const struct question *q, struct reply *out)
{
	bool enforces = h->report.rules->policy.mode == MODE_ENFORCE;
	struct reading r;

	read_words(&r, h, &q->stock, q->text, q->n);
	enforces &= !is_noise(h, r.known.reason, &q->stock);
	if (enforces)
		make_mta(h, &r, q, out);
	if (h->state == PENDING_WAITING)
		write_mta(h, &r, enforces ? out : &q->stock, &q->stock);
	reading_free(&r);
	return enforces;
}

bool
pending_rewrite(struct pending *h, const struct question *q, struct reply *out)
{
	bool again = h->queried != 0;

	h->queried |= 1u << q->how;
	if (again)
		return false;
	if (h->silent) {
		h->state = PENDING_WRITTEN;
		return false;
	}
	return h->ours ? answer_ours(h, q, out) : answer_mta(h, q, out);
}
