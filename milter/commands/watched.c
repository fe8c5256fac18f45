/* watched - what a log says becomes a record */

#include "commands/watched.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/siphash.h"
#include "commands/daemon.h"
#include "engine/ruleset.h"
#include "model/finding.h"
#include "model/occasion.h"
#include "records/match_event.h"
#include "records/privacy.h"
#include "records/record_match.h"
#include "records/recorder.h"
#include "words/mta_words.h"
#include "words/reason.h"
#include "words/recognise.h"

#define ALIKE 256
#define LOGIN_MAX 500
#define AWAY_MS 60000

/* A pending log event, with all that its record points to. */
struct waiting {
	struct waiting *next;
	int64_t since;			/* clock_ms() */
	struct record record;
	struct session session;
	struct reply reply;
	struct findings list;
	struct decision decision;
	char *software, *recipient;
	bool joins;			/* saywhyd may have seen it */
	bool quotes;			/* its words are those of a reply */
};

struct watched {
	struct ruleset *rules;
	struct recorder *recorder;	/* NULL: print */
	struct record_matcher *known;
	struct waiting *first, **last;
	struct {
		uint64_t line;
		unsigned n;
	/* lines seen, to distinguish equal ones */
	} alike[ALIKE];
	struct watched_counts counts;
	int64_t daemon_away;	/* clock_ms(): it is not asked before */
};

struct watched *
watched_new(struct ruleset *rules, bool print)
{
	struct watched *w = mem_alloc(sizeof *w);
	struct record_options opt = rules->records;

	w->rules = rules;
	w->last = &w->first;
	/* What we say to syslog would be read again. */
	opt.syslog = false;
	w->known = record_match_open(opt.store, opt.file);
	if (print)
		privacy_key(opt.privacy_key);
	else
		w->recorder = recorder_new(&opt);
	return w;
}

static void
waiting_free(struct waiting *p)
{
	session_free(&p->session);
	reply_clear(&p->reply);
	findings_free(&p->list);
	free(p->software);
	free(p->recipient);
	free(p);
}

void
watched_free(struct watched *w)
{
	if (w == NULL)
		return;
	watched_flush(w, 0);
	recorder_free(w->recorder);
	record_match_close(w->known);
	free(w);
}

struct watched_counts
watched_counts(const struct watched *w)
{
	return w->counts;
}

/* The same words in the same second are another event. */
static unsigned
count_alike(struct watched *w, const char *line, size_t n)
{
	static const uint64_t key[2] = { 1, 2 };
	uint64_t hash = siphash(key, line, n);
	size_t at = hash % ALIKE;

	if (w->alike[at].line != hash) {
		w->alike[at].line = hash;
		w->alike[at].n = 0;
	}
	return w->alike[at].n++;
}

static void
set_id(struct watched *w, struct record *r, const struct logline *l)
{
	size_t n = (size_t)(SLICE_END(l->message) - l->stamp.text);

	record_id_of(l->stamp.text, n, count_alike(w, l->stamp.text, n),
	    r->id);
}

static enum outcome
outcome_of(const struct log_event *h)
{
	static const enum outcome fates[] = {
		[FATE_DISCARDED] = OUTCOME_DISCARDED,
		[FATE_ON_HOLD] = OUTCOME_ON_HOLD,
		[FATE_WARNED] = OUTCOME_OBSERVED };

	if (h->fate != FATE_REFUSED)
		return fates[h->fate];
	if (h->delivery)
		return h->temporary ? OUTCOME_DEFERRED : OUTCOME_BOUNCED;
	return h->temporary ? OUTCOME_TEMPFAIL : OUTCOME_REJECT;
}

static enum issuer
issuer_of(const struct log_event *h)
{
	switch (h->by) {
	case ISSUED_BY_MTA:
		return ISSUER_MTA;
	case ISSUED_BY_MILTER:
		return ISSUER_MILTER;
	case ISSUED_BY_REMOTE:
		break;
	}
	return ISSUER_REMOTE;
}

/* "a@x", or "a@x>,<b@x": after the dot there may be several. */
static void
add_recipients(struct session *s, const char *list)
{
	char *all = mem_dup(list), *rcpt, *next;

	for (rcpt = all; rcpt != NULL; rcpt = next) {
		next = strstr(rcpt, ">,<");
		if (next != NULL) {
			*next = '\0';
			next += 3;
		}
		session_rcpt(s, rcpt);
		if (next != NULL || s->nrecipients > 1) {
			session_rcpt_accepted(s);
			s->rcpt = NULL;
		}
	}
	free(all);
}

/* What the log says of a session, in the form of one of ours. */
static void
fill_session(struct session *s, const struct log_event *h)
{
	char *client = slice_dup(h->client), *name = slice_dup(h->name);
	char *helo = slice_dup(h->helo), *sender = slice_dup(h->sender);
	char *rcpt = slice_dup(h->recipient), *login = slice_dup(h->login);
	char *queue_id = slice_dup(h->queue_id);
	struct ip ip = { .known = false };

	session_init(s);
	if (client != NULL)
		ip_parse(client, &ip);
	session_connect(s, name, &ip);
	if (helo != NULL)
		session_helo(s, helo);
	if (sender != NULL)
		session_mail(s, sender);
	add_recipients(s, rcpt);
	mem_replace(&s->login, login);
	mem_replace(&s->queue_id, queue_id);
	free(client);
	free(name);
	free(helo);
	free(sender);
	free(rcpt);
	free(login);
	free(queue_id);
}

static bool
is_submission(const struct logline *l)
{
	return slice_find(l->program, "submission") != NULL ||
	    slice_find(l->program, "smtps") != NULL;
}

/* What the session knows is better evidence, but of a delivery nothing is. */
static int
reason_of(const struct log_event *h, const struct recognised *words,
    const struct mta_words *known)
{
	int matched = h->delivery ? words->reason : known->reason;

	if (h->reason != REASON_NONE)
		return h->reason;
	if (h->by == ISSUED_BY_MTA && known->own && known->sure)
		return known->reason;
	if (words->confidence >= RECOGNISED_LIKELY &&
	    matched != REASON_UNRECOGNISED)
		return matched;
	if (h->otherwise != REASON_NONE)
		return h->otherwise;
	return h->delivery ? REASON_UNRECOGNISED : known->reason;
}

/* The words, and what they mean. */
static void
read_reply(struct waiting *p, const struct log_event *h)
{
	char *text = slice_dup(h->reply), *status = slice_dup(h->status);
	char *relay = slice_dup(h->relay);
	const struct occasion at = { .known = true, .stage = h->stage,
		.greeted = h->stage > STAGE_CONNECT,
		.author = h->by == ISSUED_BY_MILTER ? AUTHOR_FILTER :
		    AUTHOR_UNKNOWN,
		.sendmail = h->software != NULL &&
		    strcmp(h->software, "Sendmail") == 0,
		.login = p->session.login != NULL,
		.submission = is_submission(h->line) };
	struct buf room = BUF_INIT;
	struct recognised r;
	struct mta_words known;
	struct finding *f;

	reply_read(&p->reply, status, text != NULL ? text : "");
	mta_words_recognise(&p->reply, text != NULL ? text : "", h->reply.n,
	    log_event_about(h), &room, &r);
	mta_words_read(&known, &p->reply, &r, NULL, &at);
	p->record.reason = reason_of(h, &r, &known);
	p->software = mem_dup(h->by == ISSUED_BY_REMOTE ? r.software :
	    h->by == ISSUED_BY_MTA ? h->software : r.software);
	f = findings_add(&p->list, p->record.reason, NULL, h->stage);
	finding_say(f, EVIDENCE_DETAIL, h->fate != FATE_REFUSED &&
	    relay == NULL ? text : relay);
	p->decision.because.finding = f;
	buf_free(&room);
	free(text);
	free(status);
	free(relay);
}

/* That of the line, or now. */
static int64_t
time_of(const struct log_event *h)
{
	int64_t ms = clock_epoch_ms();
	int64_t time = logline_time(h->line, ms);

	return time > 0 ? time : ms;
}

/* A message begins anew with its sender, so its recipient comes after. */
static void
add_sender(struct waiting *p, const struct log_event *h)
{
	char *sender = slice_dup(h->sender);
	char *queue_id = mem_dup(p->session.queue_id);

	session_mail(&p->session, sender);
	add_recipients(&p->session, p->recipient);
	mem_replace(&p->session.queue_id, queue_id);
	free(queue_id);
	free(sender);
}

static void
add_senders(struct watched *w, const struct log_event *h)
{
	struct waiting *p;

	if (h->sender.text == NULL)
		return;
	for (p = w->first; p != NULL; p = p->next)
		if (p->session.sender.text == NULL &&
		    p->session.queue_id != NULL &&
		    slice_is(h->queue_id, p->session.queue_id))
			add_sender(p, h);
}

/* The sender of a message that was discarded or put on hold got a 250. */
static bool
has_reply(const struct log_event *h)
{
	return h->fate != FATE_DISCARDED && h->fate != FATE_ON_HOLD;
}

static void
read_refusal(struct watched *w, const struct log_event *h)
{
	struct waiting *p = mem_alloc(sizeof *p);
	int64_t time = time_of(h);

	w->counts.log_event++;
	fill_session(&p->session, h);
	read_reply(p, h);
	p->since = clock_ms();
	p->joins = !h->delivery && h->fate != FATE_DISCARDED &&
	    h->fate != FATE_WARNED &&
	    slice_find(h->line->program, "postscreen") == NULL;
	p->quotes = !h->own_words;
	p->recipient = slice_dup(h->recipient);
	p->record.time.tv_sec = (time_t)(time / 1000);
	p->record.time.tv_nsec = (long)(time % 1000) * 1000000;
	set_id(w, &p->record, h->line);
	p->record.issuer = issuer_of(h);
	p->record.outcome = outcome_of(h);
	p->record.stage = h->stage;
	p->record.host = w->rules->site.name;
	p->record.software = p->software;
	p->record.submission = is_submission(h->line);
	p->record.outgoing = h->outgoing;
	p->record.from_log = true;
	p->record.mode = MODE_ENFORCE;
	p->record.session = &p->session;
	p->record.decision = &p->decision;
	p->record.reply = has_reply(h) ? &p->reply : NULL;
	*w->last = p;
	w->last = &p->next;
}

/* Had we refused it before? */
static void
note_accepted(struct watched *w, const struct log_event *h)
{
	char *sender, *recipient;

	if (w->recorder == NULL || h->sender.n == 0 || h->recipient.n == 0)
		return;
	sender = slice_dup(h->sender);
	recipient = slice_dup(h->recipient);
	record_match_came(w->known, sender, recipient, time_of(h));
	free(sender);
	free(recipient);
}

/*
 * saywhyd counts what others refuse of a login and its wrong passwords. When it
 * is away nothing is counted; it is asked again a while later.
 */
static void
tell_daemon(struct watched *w, const struct log_event *h)
{
	struct buf question = BUF_INIT, answer = BUF_INIT, errmsg = BUF_INIT;
	bool failed = h->reason == REASON_AUTH_FAILED && !h->temporary;
	bool refused = h->by == ISSUED_BY_REMOTE && h->outgoing &&
	    !h->temporary && h->fate == FATE_REFUSED;

	if (w->recorder == NULL || !w->rules->counts || h->login.n == 0 ||
	    h->login.n > LOGIN_MAX || !(failed || refused) ||
	    clock_ms() < w->daemon_away)
		return;
	buf_printf(&question, "login %s ", failed ? "failed" : "refused");
	buf_put(&question, h->login.text, h->login.n);
	buf_putc(&question, '\n');
	if (!daemon_ask_about(w->rules->daemon.control, question.data, &answer,
	    &errmsg)) {
		w->daemon_away = clock_ms() + AWAY_MS;
		log_warn("logins are not counted: %s", errmsg.data);
	}
	buf_free(&question);
	buf_free(&answer);
	buf_free(&errmsg);
}

void
watched_event(void *arg, const struct log_event *h)
{
	if (h->accepted)
		note_accepted(arg, h);
	else if (h->reply.text == NULL)
		add_senders(arg, h);
	else {
		tell_daemon(arg, h);
		read_refusal(arg, h);
	}
}

static bool
is_known(struct watched *w, const struct waiting *p)
{
	struct match_event e = { .id = p->record.id,
		.time = (int64_t)p->record.time.tv_sec * 1000,
		.client = &p->session.client,
		.sender = p->session.sender.text,
		.recipient = p->session.nrecipients > 0 ?
		    p->session.recipients[0].mailbox.text : NULL,
		.queue_id = p->session.queue_id,
		.words = p->quotes && p->reply.n > 0 ? p->reply.lines[0] : NULL,
		.code = p->quotes ? p->reply.code : 0,
		.reason = reason_get(p->record.reason)->name,
		.stage = stage_name(p->record.stage),
		.on_hold = p->record.outcome == OUTCOME_ON_HOLD,
		.greeting = p->record.issuer == ISSUER_MILTER &&
		    p->record.stage == STAGE_CONNECT };

	return record_match_has(w->known, p->record.id) ||
	    (p->joins && record_match_find(w->known, &e));
}

static void
write_one(struct watched *w, const struct waiting *p)
{
	struct buf line = BUF_INIT;

	if (is_known(w, p)) {
		w->counts.joined++;
		return;
	}
	w->counts.written++;
	if (w->recorder != NULL) {
		recorder_emit(w->recorder, &p->record);
		return;
	}
	record_json(&p->record, &w->rules->records, &line);
	puts(line.data);
	buf_free(&line);
}

void
watched_flush(struct watched *w, int ms)
{
	int64_t now = clock_ms();
	struct waiting *p;

	while ((p = w->first) != NULL && (ms == 0 || now - p->since >= ms)) {
		write_one(w, p);
		w->first = p->next;
		if (w->first == NULL)
			w->last = &w->first;
		waiting_free(p);
	}
	if (w->recorder == NULL)
		fflush(stdout);
}
