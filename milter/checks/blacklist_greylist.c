/*
 * blacklist_greylist - a sender met for the first time tries again (RFC 6647)
 *
 * Senders are recognised by what they cannot change at will: the domain for
 * which SPF passes, else the one that DKIM has vouched for from that network
 * before, else the network (/24, /64). So a provider with a pool of sending
 * hosts passes at its second try, whatever address that comes from.
 */

#include "checks/blacklist_greylist.h"

#include <string.h>

#include "auth/dkim_note.h"
#include "auth/spf_note.h"
#include "base/clock.h"
#include "base/net.h"
#include "checks/check.h"
#include "counters/counters.h"
#include "words/reason.h"

#define DAY_MS (24LL * 3600 * 1000)

enum greylist { GREYLIST_OFF, GREYLIST_ALL, GREYLIST_SUSPICIOUS };
static const char *const greylist_names[] = { "off", "all", "suspicious",
	NULL };

struct options {
	int greylist;		/* enum greylist */
	long long delay, expire, remember;	/* ms */
};

#define AT(member) offsetof(struct options, member)

static const struct option options[] = {
	{ .name = "greylist", .type = OPTION_WORD, .offset = AT(greylist),
	    .words = greylist_names, .default_value = "off",
	    .help = "defer whom we never met; suspicious: only those of whom "
	    "something else was found" },
	{ .name = "greylist-delay", .type = OPTION_TIME, .offset = AT(delay),
	    .default_value = "5 min", .min = 1000, .max = 3600000,
	    .help = "a second try passes after this" },
	{ .name = "greylist-expire", .type = OPTION_TIME,
	    .offset = AT(expire), .default_value = "2 days",
	    .min = 3600000, .max = 30 * DAY_MS,
	    .help = "a first try is forgotten after this" },
	{ .name = "greylist-remember", .type = OPTION_TIME,
	    .offset = AT(remember), .default_value = "36 days",
	    .min = DAY_MS, .max = 400 * DAY_MS,
	    .help = "who passed is not asked again within this" },
	{ .name = NULL }
};

static bool
active(const void *opt, const struct site *site)
{
	const struct options *o = opt;

	(void)site;
	return o->greylist != GREYLIST_OFF;
}

/* Did another check find something against the peer? */
static bool
is_suspicious(const struct findings *found)
{
	size_t i;

	for (i = 0; i < found->n; i++)
		if (found->v[i].identity && !found->v[i].waives &&
		    found->v[i].reason != REASON_GREYLISTED)
			return true;
	return false;
}

static struct counter_key
dkim_key(const struct session *s, const char *network)
{
	const char *words[] = { network, s->sender.domain };

	return counter_key("greylist dkim", words, 2);
}

static bool
is_vouched_for(const struct session *s, const char *network, int64_t remember)
{
	const struct counter_question q = { .verb = COUNTER_KNOW,
		.key = dkim_key(s, network), .window = remember };
	struct counter_answer a;

	counters_ask(&q, 1, &a);
	return a.since != 0;
}

/* `network` is that of the client. */
static const char *
who(const struct check_ctx *ctx, const char *network)
{
	const struct options *o = ctx->options;
	const struct session *s = ctx->session;
	const struct spf *spf = spf_of_sender(ctx->slots, s, ctx->site,
	    ctx->deadline);

	if (spf != NULL && spf->result == SPF_PASS)
		return spf->domain;
	if (s->sender.domain != NULL && ctx->site->dkim &&
	    is_vouched_for(s, network, o->remember))
		return s->sender.domain;
	return network;
}

static struct counter_key
deferral_key(const struct session *s, const char *who,
    const struct recipient *rcpt)
{
	const char *words[] = { who, s->sender.text, rcpt->mailbox.text };

	return counter_key("greylist", words, 3);
}

/* The minute after which the next try passes, in local time. */
static void
say_retry(struct finding *f, int64_t ms)
{
	char text[CLOCK_LOCAL_TEXT];

	finding_say(f, EVIDENCE_RETRY, clock_local(ms + 59999, counters_now(),
	    text));
}

static void
remember(const struct options *o, const struct counter_key *key)
{
	const struct counter_question q = { .verb = COUNTER_NOTE, .key = *key,
		.window = o->remember, .amount = 1 };
	struct counter_answer a;

	counters_ask(&q, 1, &a);
}

/* When this mail was tried first: now, or at the same time on another host. */
static int64_t
begin(const struct options *o, const struct counter_key *key)
{
	const struct counter_question q = { .verb = COUNTER_MEET, .key = *key,
		.window = o->expire };
	struct counter_answer a;

	counters_ask(&q, 1, &a);
	return a.since;
}

/* It had been deferred, and comes through: recorded when it is taken. */
static void
close_deferral(const struct check_ctx *ctx, struct findings *found,
    int64_t since)
{
	struct finding *f = check_found(ctx, found, REASON_GREYLISTED);
	char text[CLOCK_LOCAL_TEXT];
	int64_t now = counters_now();

	f->closes = true;
	finding_say(f, EVIDENCE_SINCE, clock_local(since, now, text));
	finding_say_int(f, EVIDENCE_DELAY, (now - since) / 1000);
}

/*
 * A network that passed is let pass whatever domain it sends for. Who passed
 * before is answered in one round trip, and leaves no trace of this mail.
 */
static void
meet(const struct check_ctx *ctx, struct findings *found)
{
	const struct options *o = ctx->options;
	const struct session *s = ctx->session;
	char text[NET_TEXT];
	const char *network = net_of_peer(&s->client, text);
	const char *sender = who(ctx, network);
	const struct counter_question q[3] = {
		{ .verb = COUNTER_KNOW, .window = o->remember,
		    .key = counter_key("greylist passed", &sender, 1) },
		{ .verb = COUNTER_KNOW, .window = o->remember,
		    .key = counter_key("greylist passed", &network, 1) },
		{ .verb = COUNTER_KNOW, .window = o->expire,
		    .key = deferral_key(s, sender, s->rcpt) } };
	struct counter_answer a[3];
	bool passed;

	counters_ask(q, 3, a);
	passed = a[0].count != 0 || a[1].count != 0;
	if (!passed && a[2].since == 0)
		a[2].since = begin(o, &q[2].key);
	if (!passed && counters_now() - a[2].since < o->delay) {
		say_retry(check_found(ctx, found, REASON_GREYLISTED),
		    a[2].since + o->delay);
		return;
	}
	if (!passed)
		remember(o, &q[0].key);
	if (a[2].since != 0)
		close_deferral(ctx, found, a[2].since);
}

/*
 * What is over is not closed again; a message that is deferred for another
 * reason comes once more, and is closed then.
 */
static void
forget_closed(const struct check_ctx *ctx, const struct findings *found,
    enum action taken)
{
	const struct session *s = ctx->session;
	struct counter_question q = { .verb = COUNTER_FORGET };
	struct counter_answer a;
	const struct finding *f;
	char text[NET_TEXT];
	const char *network = net_of_peer(&s->client, text);

	if (taken == ACTION_TEMPFAIL || site_trusts(ctx->site, s) ||
	    !s->client.known)
		return;
	for (f = found->v; f < found->v + found->n; f++) {
		if (!f->closes || f->reason != REASON_GREYLISTED ||
		    f->rcpt == 0 || f->rcpt > s->nrecipients)
			continue;
		q.key = deferral_key(s, who(ctx, network),
		    &s->recipients[f->rcpt - 1]);
		counters_ask(&q, 1, &a);
	}
}

void
greylist_know(const void *options, const char *network)
{
	const struct counter_key key = counter_key("greylist passed", &network,
	    1);

	remember(options, &key);
}

static bool
is_signed_by(const struct dkim_result *dkim, const char *domain)
{
	size_t i;

	for (i = 0; domain != NULL && i < dkim->n; i++)
		if (dkim->v[i].verdict == DKIM_VERDICT_PASS &&
		    strcmp(dkim->v[i].domain, domain) == 0)
			return true;
	return false;
}

/* A valid signature of a domain vouches for it from this network. */
static void
note_dkim(const struct check_ctx *ctx)
{
	const struct options *o = ctx->options;
	const struct session *s = ctx->session;
	const struct dkim_result *dkim = dkim_note_known(ctx->slots);
	struct counter_key key;
	char network[NET_TEXT];

	if (dkim == NULL || !is_signed_by(dkim, s->sender.domain))
		return;
	key = dkim_key(s, net_of_peer(&s->client, network));
	remember(o, &key);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct options *o = ctx->options;
	const struct session *s = ctx->session;

	if (site_trusts(ctx->site, s) || !s->client.known)
		return;
	if (ctx->stage == STAGE_MESSAGE)
		note_dkim(ctx);
	else if (!site_is_postmaster(ctx->site, &s->rcpt->mailbox) &&
	    (o->greylist == GREYLIST_ALL || is_suspicious(found)))
		meet(ctx, found);
}

static const int reasons[] = { REASON_GREYLISTED, REASON_NONE };

const struct check check_blacklist_greylist = {
	.name = "blacklist_greylist",
	.section = "blacklist",
	.stages = STAGE_BIT(STAGE_RCPT) | STAGE_BIT(STAGE_MESSAGE),
	.issued_at = STAGE_RCPT,
	.counts = true,
	.identity = true,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.active = active,
	.run = run,
	.judged = forget_closed
};
