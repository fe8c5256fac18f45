/* limit_place - from where a login comes: addresses, networks, countries */

#include "checks/limit_place.h"

#include <string.h>

#include "base/buf.h"
#include "base/net.h"
#include "checks/limit_block.h"
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
limit_place_ask(const struct check_ctx *ctx, const struct limit_block *b,
    struct counter_question *q, size_t *n)
{
	char text[PLACE_TEXT];
	const char *place = place_of(b, &ctx->session->client, text);
	struct counter_question met = { .verb = ctx->question ? COUNTER_KNOW :
		COUNTER_MEET, .window = b->known > b->window ? b->known :
		b->window };

	if (place == NULL)
		return false;
	met.effect = COUNTER_IF_NEW;
	met.key = key_of(ctx, b, place);
	q[(*n)++] = met;
	met.effect = COUNTER_IF_KNOWN;
	met.key = key_of(ctx, b, "home");
	if (b->known > 0)
		q[(*n)++] = met;
	return true;
}
