/* dnsbl_query - queries of one session to lists in DNS, all at once */

#include "checks/dnsbl_query.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "checks/dns_words.h"
#include "dns/dns.h"
#include "model/mailbox.h"
#include "words/reason.h"

/* So long a text is waited for once the list has answered. */
#define TEXT_MS 1000

/* The listings of a message so far; kept between the checks. */
struct sum {
	long long weight;
	struct buf lists;	/* "name weight, name weight" */
	const struct check *done[4];	/* that had their turn at RCPT */
	size_t ndone;
};

static void
clear_sum(void *note)
{
	struct sum *sum = note;

	buf_free(&sum->lists);
}

static const struct slot_kind sum_kind = { .name = "dns lists",
	.size = sizeof(struct sum), .scope = SCOPE_MESSAGE,
	.clear = clear_sum };

/* Listings of links do not count against the peer. */
static const struct slot_kind links_kind = { .name = "dns lists of links",
	.size = sizeof(struct sum), .scope = SCOPE_MESSAGE,
	.clear = clear_sum };

static struct sum *
sum_of(const struct check_ctx *ctx)
{
	struct sum *sum = slots_get(ctx->slots,
	    ctx->check->identity ? &sum_kind : &links_kind);

	if (sum->lists.data == NULL)
		sum->lists = (struct buf)BUF_INIT;
	return sum;
}

/* One query and the answer of its list. */
struct dns_ask {
	const struct dns_block *block;
	char *name;		/* the name that is queried: holds the key */
	char *domain;		/* NULL: the client's address */
	size_t first;		/* number of the first one to the same list */
	bool counts;		/* of a first one: the list has some name */
	struct ip answer;	/* of a list that has it */
	bool listed;
};

bool
dnsbl_query_wanted(const struct check_ctx *ctx)
{
	const struct session *s = ctx->session;
	struct sum *sum;
	size_t i;

	if (site_trusts(ctx->site, s))
		return false;
	if (ctx->stage != STAGE_RCPT)
		return true;
	if (site_is_postmaster(ctx->site, &s->rcpt->mailbox))
		return false;
	sum = sum_of(ctx);
	for (i = 0; i < sum->ndone; i++)
		if (sum->done[i] == ctx->check)
			return false;
	if (sum->ndone < sizeof sum->done / sizeof sum->done[0])
		sum->done[sum->ndone++] = ctx->check;
	return true;
}

/* "192.0.2.7" or "[2001:db8::7]" instead of a name. */
static bool
is_address(const char *domain, struct ip *ip)
{
	return *domain == '[' ? mailbox_literal(domain, ip) :
	    ip_parse(domain, ip);
}

/* "7.2.0.192.ZONE", "mail.example.org.ZONE" */
static char *
question_name(const struct check_ctx *ctx, const struct dns_block *block,
    const char *domain)
{
	const char *zone = dnslist_zone(block->zone.list);
	struct buf name = BUF_INIT;
	struct ip ip;

	if (domain == NULL)
		dns_put_reverse(&name, &ctx->session->client, zone);
	else if (is_address(domain, &ip))
		dns_put_reverse(&name, &ip, zone);
	else
		buf_printf(&name, "%s.%s", domain, zone);
	return buf_steal(&name);
}

void
dnsbl_query_prefetch(const struct check_ctx *ctx,
    const struct dns_block *block, const char *domain)
{
	char *name;

	if (!dnslist_is_healthy(block->zone.list))
		return;
	name = question_name(ctx, block, domain);
	dns_prefetch(DNS_A, name);
	free(name);
}

void
dnsbl_query_begin(struct dnsbl_query *r, const struct check_ctx *ctx)
{
	memset(r, 0, sizeof *r);
	r->ctx = ctx;
	r->certain = sum_of(ctx)->weight;
}

void
dnsbl_query_add(struct dnsbl_query *r, const struct dns_block *block,
    const char *domain)
{
	struct dns_ask *ask;

	if (!dnslist_is_healthy(block->zone.list))
		return;
	r->asks = mem_room(r->asks, r->n, &r->cap, sizeof *r->asks);
	ask = &r->asks[r->n++];
	*ask = (struct dns_ask){ .block = block, .domain = mem_dup(domain),
		.name = question_name(r->ctx, block, domain) };
	while (r->asks[ask->first].block != block)
		ask->first++;
}

static bool
has_counting(const struct dns_block *b, const struct dns_answer *answer)
{
	size_t i;

	for (i = 0; answer != NULL && i < answer->n; i++)
		if (dnslist_answers_has(&b->answers, &answer->v[i].ip))
			return true;
	return false;
}

/*
 * Is the threshold reached, whatever is still to come? Called by dns/.
 */
static bool
is_certain(void *arg)
{
	struct dnsbl_query *r = arg;
	struct dns_ask *first;
	size_t i;

	for (i = 0; i < r->n; i++) {
		first = &r->asks[r->asks[i].first];
		if (first->counts || !has_counting(first->block,
		    r->questions[i].answer))
			continue;
		first->counts = true;
		r->certain += first->block->weight;
	}
	return r->certain >= r->ctx->site->list_threshold;
}

static void
say_failure(struct dnsbl_query *r, struct findings *found,
    const struct dns_ask *ask, const char *errmsg)
{
	struct finding *f = check_found(r->ctx, found,
	    REASON_DNSBL_UNAVAILABLE);

	f->rcpt = 0;
	finding_say(f, EVIDENCE_LIST, ask->block->item.title);
	finding_say(f, EVIDENCE_DETAIL, errmsg);
}

/* Waits for all answers, and has each list interpret its own. */
static void
ask_all(struct dnsbl_query *r, struct findings *found)
{
	struct buf errmsg = BUF_INIT;
	struct dns_ask *ask;
	size_t i;

	r->questions = mem_array(r->n, sizeof *r->questions);
	for (i = 0; i < r->n; i++)
		r->questions[i] = (struct dns_question){ .type = DNS_A,
			.name = r->asks[i].name };
	dns_ask_until(r->questions, r->n, r->ctx->deadline, is_certain, r);
	for (i = 0; i < r->n; i++) {
		ask = &r->asks[i];
		if (r->questions[i].answer == NULL)
			continue;
		buf_clear(&errmsg);
		switch (dnslist_judge(ask->block->zone.list,
		    &ask->block->answers, r->questions[i].answer,
		    &ask->answer, &errmsg)) {
		case DNSLIST_NO:
			break;
		case DNSLIST_YES:
			ask->listed = true;
			break;
		case DNSLIST_TEMPFAIL:
			say_failure(r, found, ask, errmsg.data);
			break;
		}
	}
	buf_free(&errmsg);
}

static void
end(struct dnsbl_query *r)
{
	size_t i;

	dns_forget(r->questions, r->questions != NULL ? r->n : 0);
	for (i = 0; i < r->n; i++) {
		free(r->asks[i].name);
		free(r->asks[i].domain);
	}
	free(r->asks);
	free(r->questions);
}

/* When a list has two names of a session, the second one adds no weight. */
static void
free_second(struct dnsbl_query *r)
{
	size_t i, j;

	for (i = 0; i < r->n; i++)
		for (j = 0; j < i; j++)
			if (r->asks[j].listed &&
			    r->asks[j].block == r->asks[i].block)
				r->asks[i].listed = false;
}

/* The weights of those that have it; false: none has. */
static bool
add_up(struct dnsbl_query *r)
{
	struct sum *sum = sum_of(r->ctx);
	const struct dns_ask *ask;
	bool some = false;
	size_t i;

	for (i = 0; i < r->n; i++) {
		ask = &r->asks[i];
		if (!ask->listed)
			continue;
		some = true;
		sum->weight += ask->block->weight;
		buf_printf(&sum->lists, "%s%s %lld",
		    sum->lists.len > 0 ? ", " : "", ask->block->item.title,
		    ask->block->weight);
	}
	return some && sum->weight >= r->ctx->site->list_threshold;
}

static bool
wants_text(const struct dns_ask *ask)
{
	return ask->listed && ask->block->text;
}

/* The texts of those that have it, in turn. */
static struct dns_question *
ask_texts(const struct dnsbl_query *r, size_t *n)
{
	int64_t deadline = clock_ms() + TEXT_MS;
	struct dns_question *q = mem_array(r->n, sizeof *q);
	size_t i;

	if (deadline > r->ctx->deadline)
		deadline = r->ctx->deadline;
	for (*n = i = 0; i < r->n; i++)
		if (wants_text(&r->asks[i]))
			q[(*n)++] = (struct dns_question){ .type = DNS_TXT,
				.name = r->asks[i].name };
	dns_ask(q, *n, deadline);
	return q;
}

static void
say_listed(const struct dnsbl_query *r, struct findings *found, int reason,
    const struct dns_ask *ask, const struct dns_answer *text)
{
	struct finding *f = check_found(r->ctx, found,
	    (enum reason_id)reason);
	const struct sum *sum = sum_of(r->ctx);
	struct dns_words words;
	char answer[IP_TEXT];

	dns_words_make(&words, ask->block, &r->ctx->session->client,
	    ask->domain, text);
	f->rcpt = 0;
	finding_say(f, EVIDENCE_LIST, ask->block->item.title);
	if (ask->domain != NULL)
		finding_say(f, EVIDENCE_DOMAIN, ask->domain);
	finding_say(f, EVIDENCE_ANSWER, ip_format(&ask->answer, answer));
	if (words.text.len > 0)
		finding_say(f, EVIDENCE_TEXT, words.text.data);
	finding_say(f, EVIDENCE_URL, words.url.data);
	finding_say_int(f, EVIDENCE_SCORE, sum->weight);
	finding_say(f, EVIDENCE_DETAIL, sum->lists.data);
	dns_words_free(&words);
}

static void
say_all(const struct dnsbl_query *r, struct findings *found,
    const int *reasons)
{
	const struct dns_answer *text;
	struct dns_question *texts;
	size_t i, n, next = 0;

	texts = ask_texts(r, &n);
	for (i = 0; i < r->n; i++) {
		if (!r->asks[i].listed)
			continue;
		text = wants_text(&r->asks[i]) ? texts[next++].answer : NULL;
		say_listed(r, found, reasons[r->asks[i].block->reason],
		    &r->asks[i], text);
	}
	dns_forget(texts, n);
	free(texts);
}

void
dnsbl_query_end(struct dnsbl_query *r, struct findings *found,
    const int *reasons)
{
	if (r->n > 0)
		ask_all(r, found);
	free_second(r);
	if (add_up(r))
		say_all(r, found, reasons);
	end(r);
}

void
dnsbl_query_end_allow(struct dnsbl_query *r, struct findings *found)
{
	char answer[IP_TEXT];
	struct finding *f;
	size_t i;

	if (r->n > 0)
		ask_all(r, found);
	for (i = 0; i < r->n; i++) {
		if (!r->asks[i].listed)
			continue;
		f = check_found(r->ctx, found, REASON_ALLOW_LISTED);
		f->rcpt = 0;
		f->waives = true;
		finding_say(f, EVIDENCE_LIST, r->asks[i].block->item.title);
		finding_say(f, EVIDENCE_ANSWER,
		    ip_format(&r->asks[i].answer, answer));
		break;
	}
	end(r);
}
