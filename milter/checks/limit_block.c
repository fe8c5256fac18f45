/* limit_block - how much of what, from whom, how fast */

#include "checks/limit_block.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/log.h"
#include "base/net.h"
#include "checks/limit_place.h"
#include "checks/limit_usual.h"
#include "checks/login_close.h"
#include "lists/country.h"
#include "words/reason.h"

#define DAY_MS (24LL * 3600 * 1000)
#define LIMITS_MAX 16		/* in a section */
_Static_assert(1 + LIMITS_MAX * 4 <= COUNTERS_MAX, "of each: the place, the "
    "first place, what is usual, and the count; and whether it is closed");

/* What is asked at once: the limits of a section that are counted now. */
struct queries {
	struct counter_question q[COUNTERS_MAX];
	struct counter_answer a[COUNTERS_MAX];
	size_t n;
	struct counted {
		const struct limit_block *block;
		struct buf subject;
		size_t at;	/* the number of its question */
	} counted[LIMITS_MAX];
	size_t ncounted;
};

static const char *const what_names[] = { "messages", "recipients", "bytes",
	"connections", "unknown-recipients", "auth-failures", "addresses",
	"networks", "countries", "remote-refusals", NULL };
/* … and how a person calls them. */
static const char *const what_words[] = { "messages", "recipients", "bytes",
	"connections", "unknown recipients", "failed logins",
	"places of login", "networks of login", "countries of login",
	"refusals by others" };
static const char *const per_names[] = { "client", "network", "login",
	"sender", "sender-domain", "recipient", NULL };

/* When each is counted; what the MTA refuses is only read. */
static const enum stage counted_at[] = {
	[LIMIT_MESSAGES] = STAGE_MAIL,
	[LIMIT_RECIPIENTS] = STAGE_RCPT,
	[LIMIT_BYTES] = STAGE_MESSAGE,
	[LIMIT_CONNECTIONS] = STAGE_CONNECT,
	[LIMIT_UNKNOWN_RECIPIENTS] = STAGE_RCPT,
	[LIMIT_AUTH_FAILURES] = STAGE_RCPT,
	[LIMIT_ADDRESSES] = STAGE_MAIL,
	[LIMIT_NETWORKS] = STAGE_MAIL,
	[LIMIT_COUNTRIES] = STAGE_MAIL,
	[LIMIT_REMOTE_REFUSALS] = STAGE_MAIL
};

/* The earliest stage at which it is known from whom. */
static const enum stage known_at[] = {
	[LIMIT_PER_CLIENT] = STAGE_CONNECT,
	[LIMIT_PER_NETWORK] = STAGE_CONNECT,
	[LIMIT_PER_LOGIN] = STAGE_MAIL,
	[LIMIT_PER_SENDER] = STAGE_MAIL,
	[LIMIT_PER_SENDER_DOMAIN] = STAGE_MAIL,
	[LIMIT_PER_RECIPIENT] = STAGE_RCPT
};

static bool
finish_block(void *item, struct buf *errmsg)
{
	const struct limit_block *b = item;

	if ((b->amount == 0 && b->known == 0) || b->window == 0)
		buf_puts(errmsg, "it has no amount or no window");
	else if (counted_at[b->what] < known_at[b->per])
		buf_printf(errmsg, "%s cannot be counted per %s, which is not "
		    "known yet", what_names[b->what], per_names[b->per]);
	else if (b->per == LIMIT_PER_RECIPIENT && b->what != LIMIT_RECIPIENTS)
		buf_printf(errmsg, "per = recipient counts recipients, not %s",
		    what_names[b->what]);
	else if (b->per != LIMIT_PER_LOGIN && (b->suspend ||
	    limit_counts_places(b) || b->what == LIMIT_REMOTE_REFUSALS))
		buf_printf(errmsg, "%s%s wants per = login", b->suspend ?
		    "suspend" : "what = ", b->suspend ? "" :
		    what_names[b->what]);
	else if (b->known > 0 && !limit_counts_places(b))
		buf_puts(errmsg, "known is for addresses, networks and "
		    "countries");
	else if (b->what == LIMIT_COUNTRIES && !country_built())
		buf_puts(errmsg, "countries cannot be counted: configure did "
		    "not find libmaxminddb");
	return errmsg->len == 0;
}

#define AT(member) offsetof(struct limit_block, member)

static const struct option block_options[] = {
	{ .name = "what", .type = OPTION_WORD, .offset = AT(what),
	    .words = what_names, .default_value = "messages",
	    .help = "what is counted; addresses: from how many a login comes" },
	{ .name = "per", .type = OPTION_WORD, .offset = AT(per),
	    .words = per_names, .default_value = "client",
	    .help = "for each of whom; network: its /24 or /64" },
	{ .name = "amount", .type = OPTION_SIZE, .offset = AT(amount),
	    .min = 0, .max = 4000000000LL,
	    .help = "how many are taken; bytes as 500M" },
	{ .name = "window", .type = OPTION_TIME, .offset = AT(window),
	    .min = 1000, .max = 90 * DAY_MS, .help = "within how long" },
	{ .name = "soft", .type = OPTION_BOOL, .offset = AT(soft),
	    .default_value = "no", .help = "it is noted, nothing is refused" },
	{ .name = "suspend", .type = OPTION_BOOL, .offset = AT(suspend),
	    .default_value = "no",
	    .help = "the login is stopped until somebody opens it again" },
	{ .name = "known", .type = OPTION_TIME, .offset = AT(known),
	    .min = 0, .max = 400 * DAY_MS,
	    .help = "places that the login came from within this are not "
	    "counted" },
	{ .name = "rise", .type = OPTION_INT, .offset = AT(rise),
	    .min = 2, .max = 1000,
	    .help = "over it only with so many times the usual of 30 days" },
	{ .name = NULL }
};

const struct option limit_options[] = {
	{ .name = "limit", .type = OPTION_GROUP,
	    .offset = offsetof(struct limit_blocks, blocks),
	    .rows = block_options, .item_size = sizeof(struct limit_block),
	    .finish = finish_block,
	    .help = "how much one client, login, sender may send, and how "
	    "fast" },
	{ .name = NULL }
};

void
limit_blocks_ready(void *options, const struct site *site, struct diags *d)
{
	const struct limit_blocks *o = options;
	const struct limit_block *b;
	size_t i;

	(void)site;
	if (o->blocks.n > LIMITS_MAX) {
		b = o->blocks.v[LIMITS_MAX];
		diags_error(d, b->item.file, b->item.line, "limit \"%s\" is "
		    "one too many: at most %d in a section",
		    b->item.title, LIMITS_MAX);
	}
	for (i = 0; i < o->blocks.n; i++) {
		b = o->blocks.v[i];
		if (b->what == LIMIT_COUNTRIES && !country_known())
			diags_warn(d, b->item.file, b->item.line, "limit "
			    "\"%s\" counts nothing: no country-database is "
			    "named", b->item.title);
	}
}

bool
limit_blocks_active(const void *options, const struct site *site)
{
	const struct limit_blocks *o = options;

	(void)site;
	return o->blocks.n > 0;
}

/* Who it is, as people write it; false: not known here. */
static bool
put_subject(struct buf *out, const struct limit_block *b,
    const struct session *s)
{
	const char *text = NULL;
	char ip[IP_TEXT], net[NET_TEXT];

	switch ((enum limit_per)b->per) {
	case LIMIT_PER_CLIENT:
		text = s->client.known ? ip_format(&s->client, ip) : NULL;
		break;
	case LIMIT_PER_NETWORK:
		text = s->client.known ? net_of_peer(&s->client, net) :
		    NULL;
		break;
	case LIMIT_PER_LOGIN:
		text = s->login;
		break;
	case LIMIT_PER_SENDER:
		text = s->sender.null ? NULL : s->sender.text;
		break;
	case LIMIT_PER_SENDER_DOMAIN:
		text = s->sender.domain;
		break;
	case LIMIT_PER_RECIPIENT:
		text = s->rcpt != NULL ? s->rcpt->mailbox.text : NULL;
		break;
	}
	buf_puts(out, text);
	return text != NULL;
}

static struct counter_key
key_of(const struct limit_block *b, const char *section, const char *subject)
{
	const char *words[] = { section, b->item.title, subject };

	return counter_key("limit", words, 3);
}

/* Refusals of the MTA, and what the log tells: here it is only looked at. */
static bool
is_counted_elsewhere(const struct limit_block *b)
{
	return b->what == LIMIT_UNKNOWN_RECIPIENTS ||
	    b->what == LIMIT_AUTH_FAILURES ||
	    b->what == LIMIT_REMOTE_REFUSALS;
}

/*
 * A question of the policy service counts nothing: the same command comes to
 * the filter as well.
 */
static struct counter_question
question(const struct check_ctx *ctx, const struct limit_block *b,
    const char *subject)
{
	struct counter_question q = { .verb = COUNTER_ADD, .amount = 1,
		.key = key_of(b, ctx->check->section, subject),
		.window = b->window, .limit = b->amount };

	if (b->what == LIMIT_BYTES)
		q.amount = session_size(ctx->session);
	if (ctx->question || is_counted_elsewhere(b))
		q.verb = COUNTER_PEEK;
	else if (b->soft)
		q.verb = COUNTER_FORCE;
	return q;
}

static void
say_time(struct finding *f, enum evidence_key key, int64_t ms)
{
	char text[CLOCK_LOCAL_TEXT];

	if (ms > 0)
		finding_say(f, key, clock_local(ms, counters_now(), text));
}

void
limit_put_window(struct buf *out, long long ms)
{
	static const struct {
		long long ms;
		const char *word;
	} units[] = { { DAY_MS, "day" }, { 3600000, "hour" },
		{ 60000, "minute" }, { 1000, "second" } };
	size_t i = 0;

	while (i < 3 && (ms < units[i].ms || ms % units[i].ms != 0))
		i++;
	buf_printf(out, "%lld %s%s", ms / units[i].ms, units[i].word,
	    ms / units[i].ms == 1 ? "" : "s");
}

/* `s` is the session that did it, NULL: the log tells so. */
static void
suspend(const struct limit_block *b, const char *site, const char *login,
    const struct session *s, const struct counter_answer *a, int64_t limit)
{
	struct buf window = BUF_INIT;
	char ip[IP_TEXT] = "", country[COUNTRY_TEXT] = "";
	struct login_sign sign = { .what = b->what, .limit = b->item.title,
		.what_words = what_words[b->what], .client = ip,
		.country = country, .name = "", .count = a->count,
		.amount = limit, .since = a->since };

	if (s != NULL && s->client.known) {
		ip_format(&s->client, ip);
		country_of(&s->client, country);
		if (s->client_name != NULL)
			sign.name = s->client_name;
	}
	limit_put_window(&window, b->window);
	sign.window = window.data;
	login_close(site, login, &sign);
	buf_free(&window);
}

/*
 * A soft limit is seen in the log, each time that it is gone over; those of
 * what others tell are reached by the last one that they allow.
 */
static void
say_soft(const struct limit_block *b, const char *subject,
    const struct counter_question *q, const struct counter_answer *a)
{
	int64_t first = a->limit + !is_counted_elsewhere(b);
	struct buf word = BUF_INIT, window = BUF_INIT;

	if (!b->soft || q->verb == COUNTER_PEEK || a->count < first ||
	    a->count - q->amount >= first ||
	    (q->verb == COUNTER_ADD && a->room != 0))
		return;
	login_put_word(&word, subject);
	limit_put_window(&window, b->window);
	log_warn("limit \"%s\" (soft): %s %s has %lld %s; it allows %lld in %s",
	    b->item.title, per_names[b->per], word.data, (long long)a->count,
	    what_words[b->what], (long long)a->limit, window.data);
	buf_free(&word);
	buf_free(&window);
}

static void
report(const struct check_ctx *ctx, struct findings *found,
    const struct limit_block *b, const char *subject,
    const struct counter_question *q, const struct counter_answer *a)
{
	bool closes = b->suspend && !b->soft;
	struct finding *f = check_found(ctx, found, closes ?
	    REASON_ACCOUNT_SUSPENDED : b->per == LIMIT_PER_LOGIN ?
	    REASON_LOGIN_LIMIT : REASON_LIMIT_REACHED);
	struct buf window = BUF_INIT, place = BUF_INIT;

	limit_put_window(&window, b->window);
	if (limit_counts_places(b))
		limit_place_put(&place, ctx, b);
	finding_say(f, EVIDENCE_SUBJECT, subject);
	finding_say_int(f, EVIDENCE_COUNT, a->count);
	finding_say(f, EVIDENCE_WHAT, what_words[b->what]);
	finding_say_int(f, EVIDENCE_LIMIT, a->limit);
	finding_say(f, EVIDENCE_LIST, b->item.title);
	finding_say(f, EVIDENCE_WINDOW, window.data);
	say_time(f, EVIDENCE_SINCE, closes ? counters_now() : a->since);
	/* The minute from which on it fits. */
	if (!closes && a->room > 0)
		say_time(f, EVIDENCE_RETRY, a->room + 59999);
	if (place.len > 0)
		finding_say(f, EVIDENCE_PLACE, place.data);
	if (q->amount > a->limit && b->what == LIMIT_BYTES) {
		finding_say_int(f, EVIDENCE_SIZE, q->amount);
		f->final = true;
	}
	buf_free(&window);
	buf_free(&place);
	if (b->soft) {
		f->max = ACTION_NOTE;
		return;
	}
	if (closes)
		suspend(b, ctx->site->name, ctx->session->login, ctx->session,
		    a, a->limit);
}

/* Limits of the peer do not apply to own networks and logins. */
static bool
is_due(const struct check_ctx *ctx, const struct limit_block *b)
{
	if (counted_at[b->what] != ctx->stage)
		return false;
	if (b->per == LIMIT_PER_LOGIN)
		return ctx->session->login != NULL;
	return !site_trusts(ctx->site, ctx->session) ||
	    b->per >= LIMIT_PER_SENDER;
}

static bool
some_per_login(const struct limit_blocks *o)
{
	const struct limit_block *b;
	size_t i;

	for (i = 0; i < o->blocks.n; i++) {
		b = o->blocks.v[i];
		if (b->per == LIMIT_PER_LOGIN)
			return true;
	}
	return false;
}

static void
say_closed(const struct check_ctx *ctx, struct findings *found,
    const struct counter_answer *a)
{
	char text[CLOCK_LOCAL_TEXT];
	struct finding *f;
	struct login_closed cause;
	int64_t since = login_closed_since(a, &cause);

	if (since == 0)
		return;
	f = check_found(ctx, found, REASON_ACCOUNT_SUSPENDED);
	finding_say(f, EVIDENCE_SUBJECT, ctx->session->login);
	finding_say(f, EVIDENCE_SINCE, clock_local(since, counters_now(),
	    text));
	finding_say(f, EVIDENCE_WHAT, cause.what == LOGIN_CLOSED_BY_HAND ?
	    "by hand" : limit_what_words(cause.what));
}

/* The count of one limit, behind what raises it. */
static void
append(struct queries *l, const char *section, const struct limit_block *b,
    struct buf subject, struct counter_question q)
{
	if (b->rise != 0)
		l->q[l->n++] = limit_usual_ask(section, b, subject.data,
		    q.amount);
	l->counted[l->ncounted++] = (struct counted){ b, subject, l->n };
	l->q[l->n++] = q;
}

static void
append_due(const struct check_ctx *ctx, const struct limit_block *b,
    struct queries *l)
{
	struct buf subject = BUF_INIT;

	if (!is_due(ctx, b) || !put_subject(&subject, b, ctx->session))
		return;
	if (!limit_counts_places(b) || limit_place_ask(ctx, b, l->q, &l->n))
		append(l, ctx->check->section, b, subject,
		    question(ctx, b, subject.data));
	else
		buf_free(&subject);
}

/* What a login that is closed tries is not counted any more. */
void
limit_blocks_run(const struct check_ctx *ctx, struct findings *found)
{
	const struct limit_blocks *o = ctx->options;
	const char *login = ctx->session->login;
	bool asks_closed = ctx->stage == STAGE_MAIL && login != NULL &&
	    some_per_login(o);
	struct queries l;
	struct counted *c;
	size_t i;

	l.n = l.ncounted = 0;
	if (asks_closed)
		l.q[l.n++] = login_closed_ask(login);
	for (i = 0; i < o->blocks.n; i++)
		append_due(ctx, o->blocks.v[i], &l);
	if (l.n > 0)
		counters_ask(l.q, l.n, l.a);
	if (asks_closed)
		say_closed(ctx, found, &l.a[0]);
	for (c = l.counted; c < l.counted + l.ncounted; c++) {
		if (l.a[c->at].room != 0)
			report(ctx, found, c->block, c->subject.data,
			    &l.q[c->at], &l.a[c->at]);
		say_soft(c->block, c->subject.data, &l.q[c->at],
		    &l.a[c->at]);
		buf_free(&c->subject);
	}
}

static bool
ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

static bool
is_refused_so(const struct limit_block *b, const char *status)
{
	return (b->what == LIMIT_UNKNOWN_RECIPIENTS &&
	    ends_with(status, ".1.1")) ||
	    (b->what == LIMIT_AUTH_FAILURES && ends_with(status, ".7.8"));
}

void
limit_blocks_refused(const struct check_ctx *ctx, const char *status)
{
	const struct limit_blocks *o = ctx->options;
	struct counter_question q;
	const struct limit_block *b;
	struct queries l;
	struct buf subject;
	struct counted *c;
	size_t i;

	l.n = l.ncounted = 0;
	for (i = 0; i < o->blocks.n && status != NULL; i++) {
		b = o->blocks.v[i];
		subject = (struct buf)BUF_INIT;
		if (!is_refused_so(b, status) ||
		    !put_subject(&subject, b, ctx->session))
			continue;
		q = question(ctx, b, subject.data);
		q.verb = COUNTER_FORCE;
		append(&l, ctx->check->section, b, subject, q);
	}
	if (l.n > 0)
		counters_ask(l.q, l.n, l.a);
	for (c = l.counted; c < l.counted + l.ncounted; c++) {
		say_soft(c->block, c->subject.data, &l.q[c->at],
		    &l.a[c->at]);
		buf_free(&c->subject);
	}
}

const char *
limit_what_name(const struct limit_block *block)
{
	return what_names[block->what];
}

const char *
limit_what_words(int what)
{
	return what >= 0 && what <= LIMIT_REMOTE_REFUSALS ? what_words[what] :
	    "?";
}

/* One limit of a login by itself; what is asked: the verb. */
static struct counter_answer
ask_of_login(const struct limit_block *b, const char *section,
    const char *login, struct counter_question *q)
{
	struct counter_question both[2];
	struct counter_answer a[2];
	size_t n = 0;

	q->amount = 1;
	q->key = key_of(b, section, login);
	q->window = b->window;
	q->limit = b->amount;
	if (b->rise != 0)
		both[n++] = limit_usual_ask(section, b, login, 1);
	both[n++] = *q;
	counters_ask(both, n, a);
	return a[n - 1];
}

void
limit_blocks_of_log(const void *options, const char *section,
    const struct site *site, const char *login, enum limit_what what)
{
	const struct limit_blocks *o = options;
	const struct limit_block *b;
	struct counter_question q = { .verb = COUNTER_ADD };
	struct counter_answer a;
	size_t i;

	for (i = 0; i < o->blocks.n; i++) {
		b = o->blocks.v[i];
		if (b->per != LIMIT_PER_LOGIN || b->what != (int)what)
			continue;
		a = ask_of_login(b, section, login, &q);
		say_soft(b, login, &q, &a);
		if (a.room != 0 && b->suspend && !b->soft)
			suspend(b, site->name, login, NULL, &a, a.limit);
	}
}

void
limit_blocks_of_login(const void *options, const char *section,
    const char *login, bool forget, limit_fn *fn, void *arg)
{
	const struct limit_blocks *o = options;
	const struct limit_block *b;
	struct counter_question q = { .verb = forget ? COUNTER_FORGET :
		COUNTER_PEEK };
	struct counter_answer a;
	size_t i;

	for (i = 0; i < o->blocks.n; i++) {
		b = o->blocks.v[i];
		if (b->per != LIMIT_PER_LOGIN)
			continue;
		a = ask_of_login(b, section, login, &q);
		fn(arg, b, a.limit, &a);
	}
}
