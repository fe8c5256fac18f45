/* blacklist_url - blacklist { uribl }: the links of a message in DNS lists */

#include <string.h>

#include "base/buf.h"
#include "base/psl.h"
#include "base/strset.h"
#include "checks/dnsbl_query.h"
#include "checks/message_budget.h"
#include "mime/links.h"
#include "mime/mime.h"
#include "words/reason.h"

struct options {
	struct dns_blocks lists;	/* first, as dns_blocks_*() want it */
	long long max;			/* hosts that are looked up */
};

static const struct option options[] = {
	{ .name = "uribl", .type = OPTION_GROUP,
	    .offset = offsetof(struct options, lists.blocks),
	    .rows = dns_block_uribl_rows, .item_size = sizeof(struct dns_block),
	    .finish = dns_block_finish,
	    .help = "a list of domains in DNS that no link may lead to" },
	{ .name = "max-links", .type = OPTION_INT,
	    .offset = offsetof(struct options, max), .default_value = "100",
	    .min = 1, .max = 300,
	    .help = "places of one message whose links are looked up" },
	{ .name = NULL }
};

/* The places that a message's links lead to, each once, in turn. */
struct note {
	const struct check_ctx *ctx;	/* of the call that is at work */
	struct links *links;	/* of the text that is read now, or NULL */
	struct links *joined;	/* … with its lines joined, or NULL */
	struct links *other;	/* … in its other reading, or NULL */
	unsigned part;		/* its number */
	struct strset hosts;
	struct buf list;	/* the same, each with a NUL behind it */
	unsigned long left;	/* out, for there were too many */
};

static void
clear_note(void *memory)
{
	struct note *note = memory;

	links_free(note->links);
	links_free(note->joined);
	links_free(note->other);
	strset_free(&note->hosts);
	buf_free(&note->list);
}

static const struct slot_kind kind = { "blacklist_url",
	sizeof(struct note), SCOPE_MESSAGE, clear_note };

/* What to query in this list about that link; NULL: nothing. */
static const char *
question(const struct dns_block *b, const char *host)
{
	const char *end = host + strlen(host) - 1;
	bool address = *host == '[' || (*end >= '0' && *end <= '9');

	if (address)
		return b->addresses ? host : NULL;
	return b->names == DNS_NAMES_WHOLE ? host : psl_registered(host);
}

static void
prefetch(const struct check_ctx *ctx, const char *host)
{
	const struct options *o = ctx->options;
	const char *name;
	size_t i;

	for (i = 0; i < o->lists.blocks.n; i++) {
		name = question(o->lists.blocks.v[i], host);
		if (name != NULL)
			dnsbl_query_prefetch(ctx, o->lists.blocks.v[i], name);
	}
}

static void
reported(void *arg, const char *host)
{
	struct note *note = arg;
	const struct options *o = note->ctx->options;

	budget_spend(message_budget(note->ctx->slots, note->ctx->site),
	    BUDGET_LINKS, 1);
	if (strset_find(&note->hosts, host, strlen(host)) != NULL)
		return;
	if (note->hosts.n >= (size_t)o->max) {
		note->left++;
		return;
	}
	strset_add(&note->hosts, host);
	buf_put(&note->list, host, strlen(host) + 1);
	prefetch(note->ctx, host);
}

static struct note *
note_of(const struct check_ctx *ctx)
{
	struct note *note = slots_get(ctx->slots, &kind);

	if (note->list.data == NULL)
		note->list = (struct buf)BUF_INIT;
	note->ctx = ctx;
	return note;
}

/* Its lines as they are and, where some programs join them, as they do. */
static void
begin_text(struct note *note, const struct mime_part *part)
{
	note->links = links_new(part->page, reported, note);
	if (part->joined == MIME_NOT_JOINED)
		return;
	note->joined = links_new(part->page, reported, note);
	links_join(note->joined, part->joined);
}

static void
put_text(struct note *note, const char *bytes, size_t n)
{
	if (note->left == 0)
		links_put(note->links, bytes, n);
	if (note->left == 0 && note->joined != NULL)
		links_put(note->joined, bytes, n);
}

static void
put_other(struct note *note, const struct mime_event *e)
{
	if (note->other == NULL)
		note->other = links_new(e->part->page, reported, note);
	if (note->left == 0)
		links_put(note->other, e->bytes, e->n);
}

static void
end_reading(struct note *note, struct links **links)
{
	if (note->left == 0 && *links != NULL)
		links_end(*links);
	links_free(*links);
	*links = NULL;
}

static void
end_text(struct note *note)
{
	end_reading(note, &note->links);
	end_reading(note, &note->joined);
	end_reading(note, &note->other);
}

static void
part(const struct check_ctx *ctx, const struct mime_event *e)
{
	struct note *note = note_of(ctx);

	if (e->what == MIME_BEGIN && note->links == NULL && e->part->text) {
		note->part = e->part->number;
		begin_text(note, e->part);
	} else if (note->links == NULL || e->part->number != note->part) {
		return;
	} else if (e->what == MIME_TEXT) {
		put_text(note, e->bytes, e->n);
	} else if (e->what == MIME_OTHER) {
		put_other(note, e);
	} else if (e->what == MIME_END) {
		end_text(note);
	}
}

static void
add_questions(struct dnsbl_query *query, const struct options *o,
    const struct note *note)
{
	const char *host = note->list.data, *end = host + note->list.len;
	const char *name;
	size_t i;

	for (; host < end; host += strlen(host) + 1)
		for (i = 0; i < o->lists.blocks.n; i++) {
			name = question(o->lists.blocks.v[i], host);
			if (name != NULL)
				dnsbl_query_add(query, o->lists.blocks.v[i],
				    name);
		}
}

static void
say_left(const struct check_ctx *ctx, struct findings *found,
    unsigned long left)
{
	struct buf words = BUF_INIT;
	struct finding *f = check_found(ctx, found, REASON_DNSBL_UNAVAILABLE);

	buf_printf(&words, "links that were not looked up, above max-links: "
	    "%lu or more", left);
	finding_say(f, EVIDENCE_DETAIL, words.data);
	buf_free(&words);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	static const int by_word[] = { REASON_URL_LISTED };
	const struct note *note = slots_find(ctx->slots, &kind);
	struct dnsbl_query query;

	if (note == NULL || !dnsbl_query_wanted(ctx))
		return;
	dnsbl_query_begin(&query, ctx);
	add_questions(&query, ctx->options, note);
	dnsbl_query_end(&query, found, by_word);
	if (note->left > 0)
		say_left(ctx, found, note->left);
}

static const int reasons[] = { REASON_URL_LISTED, REASON_DNSBL_UNAVAILABLE,
	REASON_NONE };

const struct check check_blacklist_url = {
	.name = "blacklist_url",
	.section = "blacklist",
	.stages = STAGE_BIT(STAGE_MESSAGE),
	.issued_at = STAGE_RCPT,
	.needs = CHECK_NEEDS_PARTS,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.ready = dns_blocks_ready,
	.active = dns_blocks_active,
	.part = part,
	.run = run
};
