/* list_block - a local list and what is looked up in it */

#include "checks/list_block.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/option_value.h"
#include "lists/list.h"
#include "words/reason.h"
#include "words/reply.h"

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

#define ROWS \
	{ .name = "file", .type = OPTION_PARSE,                               \
	    .offset = offsetof(struct list_block, file),                      \
	    .parse = parse_file, .free = free_file,                           \
	    .help = "a text file, or cdb:FILE, lmdb:FILE, "                   \
		"sqlite:FILE:TABLE" },                                        \
	{ .name = "entries", .type = OPTION_LIST,                             \
	    .offset = offsetof(struct list_block, entries),                   \
	    .parse = list_entries_parse, .free = list_entries_free,           \
	    .help = "lines of a text list, beside the file or without one" }, \
	{ .name = "tell-comment", .type = OPTION_BOOL,                        \
	    .offset = offsetof(struct list_block, tells),                     \
	    .default_value = "no",                                            \
	    .help = "whoever is refused is told what the list says of it" }

const struct option list_block_rows[] = {
	ROWS,
	{ .name = "match", .type = OPTION_LIST,
	    .offset = offsetof(struct list_block, match),
	    .parse = parse_match, .free = free_match,
	    .default_value = "{client, helo, sender}",
	    .help = "what is looked up: client, helo, sender, rcpt" },
	{ .name = NULL }
};

const struct option list_login_rows[] = {
	ROWS,
	{ .name = NULL }
};

bool
list_login_finish(void *item, struct buf *errmsg)
{
	const struct list_block *b = item;

	if (b->file.name == NULL && b->entries.n == 0)
		buf_puts(errmsg, "it has no file and no entries");
	return errmsg->len == 0;
}

bool
list_block_finish(void *item, struct buf *errmsg)
{
	const struct list_block *b = item;

	if (list_login_finish(item, errmsg) && b->match == 0)
		buf_puts(errmsg, "its match is empty, so nothing is looked "
		    "up");
	return errmsg->len == 0;
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

static enum list_answer
find_name(const struct list_block *b, const char *name, struct list_hit *hit)
{
	if (list_entries_find_name(&b->entries, name, hit))
		return LIST_YES;
	return list_find_name(b->file.list, name, hit);
}

static enum list_answer
find_mailbox(const struct list_block *b, const struct mailbox *m,
    struct list_hit *hit)
{
	if (list_entries_find_mailbox(&b->entries, m, hit))
		return LIST_YES;
	return list_find_mailbox(b->file.list, m, hit);
}

/* A client by its address, then by its confirmed name. */
static enum list_answer
find_client(const struct list_block *b, const struct session *s,
    struct list_hit *hit)
{
	enum list_answer answer;

	if (list_entries_find_ip(&b->entries, &s->client, hit))
		return LIST_YES;
	answer = list_find_ip(b->file.list, &s->client, hit);
	return answer != LIST_NO ? answer : find_name(b, s->client_name, hit);
}

static enum list_answer
find(const struct list_block *b, const struct check_ctx *ctx,
    struct list_hit *hit)
{
	const struct session *s = ctx->session;

	switch (ctx->stage) {
	case STAGE_CONNECT:
		return find_client(b, s, hit);
	case STAGE_HELO:
		return find_name(b, s->helo, hit);
	case STAGE_MAIL:
		return find_mailbox(b, &s->sender, hit);
	case STAGE_RCPT:
		return find_mailbox(b, &s->rcpt->mailbox, hit);
	case STAGE_DATA:
	case STAGE_HEADERS:
	case STAGE_MESSAGE:
		break;
	}
	return LIST_NO;
}

/*
 * "551 5.1.6 Moved", "5.1.1 Nobody": a code for good, where RFC 5321 has it,
 * and a status stand before the words.
 */
static const char *
take_code(struct finding *f, const char *comment)
{
	const char *p = comment;
	size_t n = strcspn(p, " "), status;
	struct buf ignored = BUF_INIT;
	long code = n == 3 && *p == '5' ? strtol(p, NULL, 10) : 0;

	if (code != 0 && reply_code_check(code, &ignored))
		p += 3 + strspn(p + 3, " ");
	else
		code = 0;
	status = *p == '5' ? reply_status_length(p) : 0;
	memcpy(f->status, p, status);
	f->status[status] = '\0';
	p += status + (status > 0 ? strspn(p + status, " ") : 0);
	if (code != 0 || *f->status != '\0')
		f->code = code != 0 ? (int)code : 550;
	buf_free(&ignored);
	return p;
}

static void
say_found(const struct check_ctx *ctx, struct findings *found,
    const struct list_block *b, int reason, bool waives,
    const struct list_hit *hit)
{
	struct finding *f = check_found(ctx, found, reason);
	const char *comment = hit->comment.data;

	f->waives = waives;
	f->tells = b->tells && !waives;
	finding_say(f, EVIDENCE_LIST, b->item.title);
	finding_say(f, EVIDENCE_ENTRY, hit->entry.data);
	if (f->tells && hit->comment.len > 0)
		comment = take_code(f, comment);
	if (hit->comment.len > 0 && *comment != '\0')
		finding_say(f, EVIDENCE_COMMENT, comment);
}

static void
say_failure(const struct check_ctx *ctx, struct findings *found,
    const struct list_block *b, const struct list_hit *hit)
{
	struct finding *f = check_found(ctx, found, REASON_DNSBL_UNAVAILABLE);

	finding_say(f, EVIDENCE_LIST, b->item.title);
	finding_say(f, EVIDENCE_DETAIL, hit->comment.data);
}

static void
say(const struct check_ctx *ctx, struct findings *found,
    const struct list_block *b, int reason, bool waives,
    enum list_answer answer, struct list_hit *hit)
{
	if (answer == LIST_YES)
		say_found(ctx, found, b, reason, waives, hit);
	else if (answer == LIST_TEMPFAIL)
		say_failure(ctx, found, b, hit);
	list_hit_free(hit);
}

void
list_blocks_run(const struct check_ctx *ctx, struct findings *found,
    int reason, bool waives)
{
	const struct list_blocks *o = ctx->options;
	struct list_hit hit = LIST_HIT_INIT;
	const struct list_block *b;
	size_t i;

	for (i = 0; i < o->blocks.n; i++) {
		b = o->blocks.v[i];
		if ((b->match & STAGE_BIT(ctx->stage)) != 0)
			say(ctx, found, b, reason, waives,
			    find(b, ctx, &hit), &hit);
	}
}

void
list_blocks_run_login(const struct check_ctx *ctx, struct findings *found,
    int reason)
{
	const struct list_blocks *o = ctx->options;
	struct list_hit hit = LIST_HIT_INIT;
	size_t i;

	for (i = 0; ctx->session->login != NULL && i < o->blocks.n; i++)
		say(ctx, found, o->blocks.v[i], reason, false,
		    find_name(o->blocks.v[i], ctx->session->login, &hit), &hit);
}
