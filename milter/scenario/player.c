/* player - plays an SMTP session to the engine, without a mail server */

#include "scenario/player.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "engine/ruleset.h"
#include "records/recorder.h"
#include "words/reason.h"

struct player {
	struct engine *engine;
	struct recorder *recorder;
	struct buf records;	/* that were not read yet */
	struct engine_watcher ours;
	const struct engine_watcher *theirs;
	struct played played;
};

static void
on_check(void *arg, const struct check *check, enum stage stage,
    const struct finding *found, size_t n, int64_t us)
{
	struct player *p = arg;
	size_t i;

	for (i = 0; i < n; i++)
		buf_printf(&p->played.found, " %s ",
		    reason_get(found[i].reason)->name);
	if (p->theirs != NULL)
		p->theirs->check(p->theirs->arg, check, stage, found, n, us);
}

/* In observe mode nobody gets the reply. */
static void
on_decided(void *arg, enum stage stage, const struct decision *d,
    const struct reply *reply, const char *id)
{
	struct player *p = arg;

	if (action_refuses(d->wanted)) {
		p->played.would = !action_refuses(d->taken);
		reply_copy(&p->played.reply, reply);
	}
	if (p->theirs != NULL)
		p->theirs->decided(p->theirs->arg, stage, d, reply, id);
}

static void
on_record(void *arg, const struct buf *line)
{
	struct player *p = arg;

	buf_put(&p->records, line->data, line->len);
	buf_putc(&p->records, '\n');
}

/* They are kept here alone: one that is killed leaves nothing behind. */
static void
begin_records(struct player *p, const struct ruleset *rules)
{
	struct record_options opt = rules->records;

	opt.file = NULL;
	opt.store = NULL;
	opt.syslog = false;
	p->recorder = recorder_new(&opt);
	recorder_watch(p->recorder, on_record, p);
}

struct player *
player_new(struct ruleset *rules, const struct engine_watcher *watcher)
{
	struct player *p = mem_alloc(sizeof *p);

	p->played.found = p->played.records = p->played.marks =
	    p->played.results = p->records = (struct buf)BUF_INIT;
	p->theirs = watcher;
	p->ours = (struct engine_watcher){ .arg = p, .check = on_check,
		.decided = on_decided };
	begin_records(p, rules);
	p->engine = engine_new(rules, p->recorder);
	engine_watch(p->engine, &p->ours);
	return p;
}

void
player_free(struct player *p)
{
	if (p == NULL)
		return;
	engine_free(p->engine);
	recorder_free(p->recorder);
	buf_free(&p->records);
	reply_clear(&p->played.reply);
	buf_free(&p->played.found);
	buf_free(&p->played.records);
	buf_free(&p->played.marks);
	buf_free(&p->played.results);
	free(p);
}

struct session *
player_session(struct player *p)
{
	return engine_session(p->engine);
}

const struct played *
player_played(const struct player *p)
{
	return &p->played;
}

static void
forget(struct played *played)
{
	played->refused = played->would = played->hold = false;
	reply_clear(&played->reply);
	buf_clear(&played->found);
	buf_clear(&played->records);
	buf_clear(&played->marks);
	buf_clear(&played->results);
}

static void
read_records(struct player *p)
{
	buf_put(&p->played.records, p->records.data, p->records.len);
	buf_clear(&p->records);
}

/* False: it was refused. */
static bool
step(struct player *p, enum stage stage)
{
	struct reply reply = { .code = 0 };

	if (action_refuses(engine_step(p->engine, stage, &reply)))
		p->played.refused = true;
	reply_clear(&reply);
	read_records(p);
	return !p->played.refused;
}

void
player_connect(struct player *p, const char *name, const struct ip *client)
{
	forget(&p->played);
	session_connect(player_session(p), name, client);
}

void
player_connected(struct player *p)
{
	step(p, STAGE_CONNECT);
}

void
player_helo(struct player *p, const char *helo)
{
	forget(&p->played);
	session_helo(player_session(p), helo);
	step(p, STAGE_HELO);
}

void
player_mail(struct player *p, const char *sender)
{
	forget(&p->played);
	engine_reset(p->engine);
	session_mail(player_session(p), sender);
}

void
player_mailed(struct player *p)
{
	step(p, STAGE_MAIL);
}

void
player_rcpt(struct player *p, const char *rcpt)
{
	forget(&p->played);
	session_rcpt(player_session(p), rcpt);
	step(p, STAGE_RCPT);
}

void
player_refused_by_mta(struct player *p, const char *rcpt, const char *status,
    const char *text)
{
	forget(&p->played);
	session_rcpt(player_session(p), rcpt);
	engine_refused_by_mta(p->engine, status, text);
	read_records(p);
}

/* The end of the line at `at`, and where the next one begins. */
static const char *
line_end(const char *at, const char *end, const char **next)
{
	const char *newline = memchr(at, '\n', (size_t)(end - at));

	*next = newline != NULL ? newline + 1 : end;
	if (newline == NULL)
		newline = end;
	return newline > at && newline[-1] == '\r' ? newline - 1 : newline;
}

/*
 * The name of a field; blanks before the colon do not belong to it (RFC 5322
 * section 4.5), and no MTA hands them over.
 */
static char *
field_name(const char *at, const char *colon)
{
	while (colon > at && (colon[-1] == ' ' || colon[-1] == '\t'))
		colon--;
	return mem_ndup(at, (size_t)(colon - at));
}

/* One field with its folded lines; returns where the next one begins. */
static const char *
play_field(struct player *p, const char *at, const char *end)
{
	struct buf value = BUF_INIT;
	const char *colon = memchr(at, ':', (size_t)(end - at)), *next;
	const char *stop = line_end(at, end, &next);
	char *name;

	if (colon == NULL || colon >= stop)
		return next;
	name = field_name(at, colon);
	colon++;
	buf_put(&value, colon, (size_t)(stop - colon));
	while (next < end && (*next == ' ' || *next == '\t')) {
		at = next;
		stop = line_end(at, end, &next);
		buf_puts(&value, "\r\n");
		buf_put(&value, at, (size_t)(stop - at));
	}
	engine_header(p->engine, name, value.data);
	free(name);
	buf_free(&value);
	return next;
}

/* The fields; returns where the body begins. */
static const char *
play_header(struct player *p, const char *at, const char *end)
{
	const char *next;

	while (at < end) {
		if (line_end(at, end, &next) == at)
			return next;
		at = play_field(p, at, end);
	}
	return end;
}

/* Bytes of a piece of the body, as much as Postfix sends at once. */
#define PIECE 65535

/* With CR LF at the end of each line, as it comes from an MTA. */
static void
play_body(struct player *p, const char *at, const char *end)
{
	struct buf piece = BUF_INIT;
	const char *next, *stop;

	while (at < end) {
		stop = line_end(at, end, &next);
		buf_put(&piece, at, (size_t)(stop - at));
		if (next > stop)
			buf_puts(&piece, "\r\n");
		at = next;
		if (piece.len < PIECE && at < end)
			continue;
		engine_body(p->engine, piece.data, piece.len);
		buf_clear(&piece);
	}
	buf_free(&piece);
}

/* Unfolded. */
static void
keep_results(struct player *p, const char *value)
{
	for (; value != NULL && *value != '\0'; value++)
		if (*value == '\t')
			buf_putc(&p->played.results, ' ');
		else if (*value != '\n')
			buf_putc(&p->played.results, *value);
}

static void
keep_marks(struct player *p)
{
	const struct marks *m = engine_marks(p->engine);
	size_t i;

	for (i = 0; i < m->n; i++)
		buf_printf(&p->played.marks, "%s\n", m->values[i]);
	keep_results(p, m->results);
	p->played.hold = m->quarantine != NULL;
}

void
player_message(struct player *p, const char *text, size_t n)
{
	const char *end = text + n, *body;

	forget(&p->played);
	if (step(p, STAGE_DATA)) {
		body = play_header(p, text, end);
		step(p, STAGE_HEADERS);
		play_body(p, body, end);
		step(p, STAGE_MESSAGE);
		if (!p->played.refused)
			keep_marks(p);
	}
	engine_reset(p->engine);
}

void
player_reset(struct player *p)
{
	forget(&p->played);
	engine_reset(p->engine);
}
