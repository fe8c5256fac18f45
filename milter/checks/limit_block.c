/* limit_block - how much of what, from whom, how fast */

#include "checks/limit_block.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/net.h"
#include "words/reason.h"

#define DAY_MS (24LL * 3600 * 1000)

static const char *const what_names[] = { "messages", "recipients", "bytes",
	"connections", "unknown-recipients", "auth-failures", "addresses",
	NULL };
/* … and how a person calls them. */
static const char *const what_words[] = { "messages", "recipients", "bytes",
	"connections", "unknown recipients", "failed logins",
	"places of login" };
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
	[LIMIT_ADDRESSES] = STAGE_MAIL
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

	if (b->amount == 0 || b->window == 0)
		buf_puts(errmsg, "it has no amount or no window");
	else if (counted_at[b->what] < known_at[b->per])
		buf_printf(errmsg, "%s cannot be counted per %s, which is not "
		    "known yet", what_names[b->what], per_names[b->per]);
	else if (b->per == LIMIT_PER_RECIPIENT && b->what != LIMIT_RECIPIENTS)
		buf_printf(errmsg, "per = recipient counts recipients, not %s",
		    what_names[b->what]);
	else if ((b->suspend || b->what == LIMIT_ADDRESSES) &&
	    b->per != LIMIT_PER_LOGIN)
		buf_printf(errmsg, "%s wants per = login", b->suspend ?
		    "suspend" : "what = addresses");
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
	    .min = 1, .max = 4000000000LL,
	    .help = "how many are taken; bytes as 500M" },
	{ .name = "window", .type = OPTION_TIME, .offset = AT(window),
	    .min = 1000, .max = 90 * DAY_MS, .help = "within how long" },
	{ .name = "soft", .type = OPTION_BOOL, .offset = AT(soft),
	    .default_value = "no", .help = "it is noted, nothing is refused" },
	{ .name = "suspend", .type = OPTION_BOOL, .offset = AT(suspend),
	    .default_value = "no",
	    .help = "the login is stopped until somebody opens it again" },
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

bool
limit_blocks_active(const void *options, const struct site *site)
{
	const struct limit_blocks *o = options;

	(void)site;
	return o->blocks.n > 0;
}

struct counter_key
limit_suspension(const char *login)
{
	return counter_key("suspended", &login, 1);
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

/* One limit that is counted now. */
struct counted_limit {
	const struct limit_block *block;
	struct buf subject;
};

static bool
is_refusal_of_the_mta(const struct limit_block *b)
{
	return b->what == LIMIT_UNKNOWN_RECIPIENTS ||
	    b->what == LIMIT_AUTH_FAILURES;
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
	if (ctx->question || is_refusal_of_the_mta(b))
		q.verb = COUNTER_PEEK;
	else if (b->soft)
		q.verb = COUNTER_FORCE;
	return q;
}

/*
 * An address that was seen before within the window counts nothing; a new one
 * counts one.
 */
static bool
is_new_address(const struct check_ctx *ctx, const struct limit_block *b)
{
	char ip[IP_TEXT];
	const char *words[] = { ctx->check->section, b->item.title,
		ctx->session->login, ip_format(&ctx->session->client, ip) };
	const struct counter_question q = { .verb = ctx->question ?
		COUNTER_KNOW : COUNTER_MEET, .window = b->window,
		.key = counter_key("limit place", words, 4) };
	struct counter_answer a;

	counters_ask(&q, 1, &a);
	return a.room == 1;
}

static void
say_time(struct finding *f, enum evidence_key key, int64_t ms)
{
	char text[CLOCK_LOCAL_TEXT];

	if (ms > 0)
		finding_say(f, key, clock_local(ms, counters_now(), text));
}

static void
say_span(struct finding *f, long long ms)
{
	static const struct {
		long long ms;
		const char *word;
	} units[] = { { DAY_MS, "day" }, { 3600000, "hour" },
		{ 60000, "minute" }, { 1000, "second" } };
	struct buf text = BUF_INIT;
	size_t i = 0;

	while (i < 3 && (ms < units[i].ms || ms % units[i].ms != 0))
		i++;
	buf_printf(&text, "%lld %s%s", ms / units[i].ms, units[i].word,
	    ms / units[i].ms == 1 ? "" : "s");
	finding_say(f, EVIDENCE_WINDOW, text.data);
	buf_free(&text);
}

/* The line names the client, so that fail2ban and its like can act on it. */
static void
suspend(const struct limit_block *b, const struct session *s)
{
	const char *login = s->login;
	char ip[IP_TEXT];

	const struct counter_question q = { .verb = COUNTER_NOTE,
		.key = limit_suspension(login), .amount = 1,
		.window = LIMIT_SUSPENSION_MS };
	struct counter_answer a;

	counters_ask(&q, 1, &a);
	if (a.room == 1)
		log_warn("login %s suspended: client %s, over limit \"%s\" "
		    "(%lld %s); saywhy login %s --open ends it", login,
		    ip_format(&s->client, ip), b->item.title, b->amount,
		    what_names[b->what], login);
}

static void
report(const struct check_ctx *ctx, struct findings *found,
    const struct counted_limit *counted, const struct counter_answer *a)
{
	const struct limit_block *b = counted->block;
	struct finding *f = check_found(ctx, found, b->per == LIMIT_PER_LOGIN ?
	    REASON_LOGIN_LIMIT : REASON_LIMIT_REACHED);

	finding_say(f, EVIDENCE_SUBJECT, counted->subject.data);
	finding_say_int(f, EVIDENCE_COUNT, a->count);
	finding_say(f, EVIDENCE_WHAT, what_words[b->what]);
	finding_say_int(f, EVIDENCE_LIMIT, b->amount);
	finding_say(f, EVIDENCE_LIST, b->item.title);
	say_span(f, b->window);
	say_time(f, EVIDENCE_SINCE, a->since);
	say_time(f, EVIDENCE_RETRY, a->room);
	if (b->soft)
		f->max = ACTION_NOTE;
	else if (b->suspend && !ctx->question)
		suspend(b, ctx->session);
}

/* Limits of the peer do not apply to own networks and logins. */
static bool
is_due(const struct check_ctx *ctx, const struct limit_block *b)
{
	if (counted_at[b->what] != ctx->stage)
		return false;
	if (b->per == LIMIT_PER_LOGIN)
		return ctx->session->login != NULL &&
		    (b->what != LIMIT_ADDRESSES || is_new_address(ctx, b));
	return !site_trusts(ctx->site, ctx->session) ||
	    b->per >= LIMIT_PER_SENDER;
}

void
limit_blocks_run(const struct check_ctx *ctx, struct findings *found)
{
	const struct limit_blocks *o = ctx->options;
	struct counter_question q[COUNTERS_MAX];
	struct counter_answer a[COUNTERS_MAX];
	struct counted_limit counted[COUNTERS_MAX];
	size_t i, n = 0;

	for (i = 0; i < o->blocks.n && n < COUNTERS_MAX; i++) {
		counted[n] = (struct counted_limit){ o->blocks.v[i], BUF_INIT };
		if (!is_due(ctx, counted[n].block) ||
		    !put_subject(&counted[n].subject, counted[n].block,
		    ctx->session))
			continue;
		q[n] = question(ctx, counted[n].block, counted[n].subject.data);
		n++;
	}
	if (n > 0)
		counters_ask(q, n, a);
	for (i = 0; i < n; i++) {
		if (a[i].room != 0)
			report(ctx, found, &counted[i], &a[i]);
		buf_free(&counted[i].subject);
	}
}

static bool
ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

void
limit_blocks_refused(const struct check_ctx *ctx, const char *status)
{
	const struct limit_blocks *o = ctx->options;
	const struct limit_block *b;
	struct counter_question q;
	struct counter_answer a;
	struct buf subject = BUF_INIT;
	size_t i;

	for (i = 0; i < o->blocks.n && status != NULL; i++) {
		b = o->blocks.v[i];
		if (!(b->what == LIMIT_UNKNOWN_RECIPIENTS &&
		    ends_with(status, ".1.1")) &&
		    !(b->what == LIMIT_AUTH_FAILURES &&
		    ends_with(status, ".7.8")))
			continue;
		buf_clear(&subject);
		if (!put_subject(&subject, b, ctx->session))
			continue;
		q = question(ctx, b, subject.data);
		q.verb = COUNTER_FORCE;
		counters_ask(&q, 1, &a);
	}
	buf_free(&subject);
}

const char *
limit_what_name(const struct limit_block *block)
{
	return what_names[block->what];
}

void
limit_blocks_of_login(const void *options, const char *section,
    const char *login, bool forget, limit_fn *fn, void *arg)
{
	const struct limit_blocks *o = options;
	const struct limit_block *b;
	struct counter_question q = { .verb = forget ? COUNTER_FORGET :
		COUNTER_PEEK, .amount = 1 };
	struct counter_answer a;
	size_t i;

	for (i = 0; i < o->blocks.n; i++) {
		b = o->blocks.v[i];
		if (b->per != LIMIT_PER_LOGIN)
			continue;
		q.key = key_of(b, section, login);
		q.window = b->window;
		q.limit = b->amount;
		counters_ask(&q, 1, &a);
		fn(arg, b, &a);
	}
}
