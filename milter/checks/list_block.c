/* list_block - a local list and what is looked up in it */

#include "checks/list_block.h"

#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/option_value.h"
#include "lists/list.h"
#include "words/reason.h"

static bool
parse_file(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct list_file *file = slot;

	(void)base;
	if (*value == '\0') {
		buf_puts(errmsg, "an empty name names no file");
		return false;
	}
	mem_replace(&file->name, value);
	return true;
}

static void
free_file(void *slot)
{
	struct list_file *file = slot;

	list_close(file->list);
	file->list = NULL;
	mem_replace(&file->name, NULL);
}

static bool
parse_match(void *base, void *slot, const char *value, struct buf *errmsg)
{
	static const char *const words[] = { "client", "helo", "sender",
		"rcpt", NULL };
	int word = option_word(words, value, errmsg);

	(void)base;
	if (word >= 0)
		*(unsigned *)slot |= STAGE_BIT(STAGE_CONNECT + word);
	return word >= 0;
}

static void
free_match(void *slot)
{
	*(unsigned *)slot = 0;
}

const struct option list_block_rows[] = {
	{ .name = "file", .type = OPTION_PARSE,
	    .offset = offsetof(struct list_block, file),
	    .parse = parse_file, .free = free_file,
	    .help = "a text file, or cdb:FILE, lmdb:FILE, sqlite:FILE:TABLE" },
	{ .name = "match", .type = OPTION_LIST,
	    .offset = offsetof(struct list_block, match),
	    .parse = parse_match, .free = free_match,
	    .default_value = "{client, helo, sender}",
	    .help = "what is looked up: client, helo, sender, rcpt" },
	{ .name = NULL }
};

bool
list_block_finish(void *item, struct buf *errmsg)
{
	const struct list_block *b = item;

	if (b->file.name == NULL)
		buf_puts(errmsg, "it has no file");
	return b->file.name != NULL;
}

/* The mistakes are reported with their place in the list, then with ours. */
static void
open_list(struct list_block *b, struct diags *d)
{
	b->file.list = list_open(b->file.name, b->item.file, d);
	if (b->file.list == NULL)
		diags_error(d, b->item.file, b->item.line,
		    "list \"%.60s\": cannot be used: %.200s", b->item.title,
		    b->file.name);
}

void
list_blocks_ready(void *options, const struct site *site, struct diags *d)
{
	struct list_blocks *o = options;
	struct list_block *b;
	size_t i;

	(void)site;
	for (i = 0; i < o->blocks.n; i++) {
		b = o->blocks.v[i];
		if (b->file.name != NULL)
			open_list(b, d);
	}
}

bool
list_blocks_active(const void *options, const struct site *site)
{
	const struct list_blocks *o = options;

	(void)site;
	return o->blocks.n > 0;
}

/* A client by its address, then by its confirmed name. */
static enum list_answer
find_client(struct list *l, const struct session *s, struct list_hit *hit)
{
	enum list_answer answer = list_find_ip(l, &s->client, hit);

	return answer != LIST_NO ? answer :
	    list_find_name(l, s->client_name, hit);
}

static enum list_answer
find(struct list *l, const struct check_ctx *ctx, struct list_hit *hit)
{
	const struct session *s = ctx->session;

	switch (ctx->stage) {
	case STAGE_CONNECT:
		return find_client(l, s, hit);
	case STAGE_HELO:
		return list_find_name(l, s->helo, hit);
	case STAGE_MAIL:
		return list_find_mailbox(l, &s->sender, hit);
	case STAGE_RCPT:
		return list_find_mailbox(l, &s->rcpt->mailbox, hit);
	case STAGE_DATA:
	case STAGE_HEADERS:
	case STAGE_MESSAGE:
		break;
	}
	return LIST_NO;
}

static void
say_found(const struct check_ctx *ctx, struct findings *found,
    const struct list_block *b, int reason, bool waives,
    const struct list_hit *hit)
{
	struct finding *f = check_found(ctx, found, reason);

	f->waives = waives;
	finding_say(f, EVIDENCE_LIST, b->item.title);
	finding_say(f, EVIDENCE_ENTRY, hit->entry.data);
	if (hit->comment.len > 0)
		finding_say(f, EVIDENCE_COMMENT, hit->comment.data);
}

static void
say_failure(const struct check_ctx *ctx, struct findings *found,
    const struct list_block *b, const struct list_hit *hit)
{
	struct finding *f = check_found(ctx, found, REASON_DNSBL_UNAVAILABLE);

	finding_say(f, EVIDENCE_LIST, b->item.title);
	finding_say(f, EVIDENCE_DETAIL, hit->comment.data);
}

void
list_blocks_run(const struct check_ctx *ctx, struct findings *found,
    int reason, bool waives)
{
	const struct list_blocks *o = ctx->options;
	struct list_hit hit = LIST_HIT_INIT;
	const struct list_block *b;
	enum list_answer answer;
	size_t i;

	for (i = 0; i < o->blocks.n; i++) {
		b = o->blocks.v[i];
		if ((b->match & STAGE_BIT(ctx->stage)) == 0)
			continue;
		answer = find(b->file.list, ctx, &hit);
		if (answer == LIST_YES)
			say_found(ctx, found, b, reason, waives, &hit);
		else if (answer == LIST_TEMPFAIL)
			say_failure(ctx, found, b, &hit);
		list_hit_free(&hit);
	}
}
