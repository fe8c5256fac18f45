/* limit_place - from where a login comes: addresses, networks, countries */

#include "checks/limit_place.h"

#include <string.h>

#include "base/buf.h"
#include "base/net.h"
#include "checks/limit_block.h"
#include "counters/counters.h"
#include "lists/country.h"

#define PLACE_TEXT (NET_TEXT > IP_TEXT ? NET_TEXT : IP_TEXT)

bool
limit_counts_places(const struct limit_block *b)
{
	return b->what == LIMIT_ADDRESSES || b->what == LIMIT_NETWORKS ||
	    b->what == LIMIT_COUNTRIES;
}

/* NULL: not known. */
static const char *
place_of(const struct limit_block *b, const struct ip *client,
    char text[PLACE_TEXT])
{
	if (!client->known)
		return NULL;
	if (b->what == LIMIT_ADDRESSES)
		return ip_format(client, text);
	if (b->what == LIMIT_NETWORKS)
		return net_of_peer(client, text);
	return country_of(client, text) ? text : NULL;
}

void
limit_place_put(struct buf *out, const struct check_ctx *ctx,
    const struct limit_block *b)
{
	char text[PLACE_TEXT];
	const char *place = place_of(b, &ctx->session->client, text);

	if (place != NULL)
		buf_printf(out, "%s%s", b->what == LIMIT_COUNTRIES ?
		    "the country " : "", place);
}

static struct counter_key
key_of(const struct check_ctx *ctx, const struct limit_block *b,
    const char *place)
{
	const char *words[] = { ctx->check->section, b->item.title,
		ctx->session->login, place };

	return counter_key("limit place", words, 4);
}

bool
limit_place_is_new(const struct check_ctx *ctx, const struct limit_block *b)
{
	char text[PLACE_TEXT];
	const char *place = place_of(b, &ctx->session->client, text);
	struct counter_question q[2];
	struct counter_answer a[2];
	size_t n = b->known > 0 ? 2 : 1, i;

	if (place == NULL)
		return false;
	for (i = 0; i < n; i++)
		q[i] = (struct counter_question){ .verb = ctx->question ?
			COUNTER_KNOW : COUNTER_MEET,
			.key = key_of(ctx, b, i == 0 ? place : "home"),
			.window = b->known > b->window ? b->known :
			b->window };
	counters_ask(q, n, a);
	if (ctx->question)
		return a[0].since == 0 && (n == 1 || a[1].since != 0);
	return a[0].room == 1 && (n == 1 || a[1].room == 0);
}

void
limit_place_forget(const struct check_ctx *ctx, const struct limit_block *b)
{
	char text[PLACE_TEXT];
	const char *place = place_of(b, &ctx->session->client, text);
	struct counter_question q = { .verb = COUNTER_FORGET };
	struct counter_answer a;

	if (place == NULL)
		return;
	q.key = key_of(ctx, b, place);
	counters_ask(&q, 1, &a);
}
