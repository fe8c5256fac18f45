/*
 * content_attachment - files that the admin denies, or that cannot be scanned
 */

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "checks/attachments.h"
#include "checks/check.h"
#include "checks/message_budget.h"
#include "mime/filetype.h"
#include "mime/mime.h"
#include "words/reason.h"

/* "exe" may be written ".exe". */
static bool
parse_ending(void *base, void *slot, const char *value, struct buf *errmsg)
{
	value += *value == '.';
	if (strchr(value, ',') != NULL) {
		buf_printf(errmsg, "\"%.60s\": each ending is a value of its "
		    "own: {\"exe\", \"bat\"}", value);
		return false;
	}
	if (*value == '\0' || strpbrk(value, "/\\ *?") != NULL) {
		buf_printf(errmsg, "\"%.60s\" is no ending of a file name",
		    value);
		return false;
	}
	return option_parse_string(base, slot, value, errmsg);
}

static bool
parse_type(void *base, void *slot, const char *value, struct buf *errmsg)
{
	const char *slash = strchr(value, '/');

	if (slash == NULL || slash == value || slash[1] == '\0') {
		buf_printf(errmsg, "\"%.60s\" is no media type, as "
		    "\"application/zip\" or \"image/*\"", value);
		return false;
	}
	return option_parse_string(base, slot, value, errmsg);
}

static bool
finish_block(void *item, struct buf *errmsg)
{
	const struct attachments *block = item;

	if (block->endings.n > 0 || block->types.n > 0 || block->doubles)
		return true;
	buf_printf(errmsg, "attachments \"%.60s\" denies nothing",
	    block->item.title);
	return false;
}

static const struct option block_options[] = {
	{ .name = "deny", .type = OPTION_LIST,
	    .offset = offsetof(struct attachments, endings),
	    .parse = parse_ending, .free = option_free_strings,
	    .help = "endings of file names, as \"exe\"" },
	{ .name = "type", .type = OPTION_LIST,
	    .offset = offsetof(struct attachments, types),
	    .parse = parse_type, .free = option_free_strings,
	    .help = "media types, declared and by the first bytes" },
	{ .name = "double", .type = OPTION_BOOL,
	    .offset = offsetof(struct attachments, doubles),
	    .default_value = "no",
	    .help = "programs that look like documents: a.pdf.exe" },
	{ .name = "archives", .type = OPTION_BOOL,
	    .offset = offsetof(struct attachments, archives),
	    .default_value = "yes",
	    .help = "look at the names inside archives, too" },
	{ .name = NULL }
};

static const struct option options[] = {
	{ .name = "attachments", .type = OPTION_GROUP,
	    .offset = offsetof(struct attachment_options, blocks),
	    .rows = block_options, .item_size = sizeof(struct attachments),
	    .finish = finish_block,
	    .help = "files that are not taken" },
	{ .name = "archive-buffer", .type = OPTION_SIZE,
	    .offset = offsetof(struct attachment_options, buffer),
	    .default_value = "4M", .min = 64 * 1024, .max = 1LL << 30,
	    .help = "bytes of an archive that are kept to look inside" },
	{ .name = NULL }
};

static void
warn_no_types(const struct attachment_options *o, struct diags *d)
{
	const struct option_item *item = o->blocks.v[0];
	struct buf errmsg = BUF_INIT;

	if (!filetype_ready(&errmsg))
		diags_warn(d, item->file, item->line,
		    "attachments are known by what they say: %s", errmsg.data);
	buf_free(&errmsg);
}

static void
ready(void *opt, const struct site *site, struct diags *d)
{
	struct attachment_options *o = opt;
	const struct attachments *block;
	size_t i;

	(void)site;
	for (i = 0; i < o->blocks.n; i++) {
		block = o->blocks.v[i];
		o->types |= block->types.n > 0;
		o->archives |= block->archives &&
		    (block->endings.n > 0 || block->doubles);
	}
	if (o->types)
		warn_no_types(o, d);
}

static bool
active(const void *opt, const struct site *site)
{
	const struct attachment_options *o = opt;

	(void)site;
	return o->blocks.n > 0;
}

static void
clear_note(void *note)
{
	attachment_clear(note);
}

static const struct slot_kind kind = { "content_attachment",
	sizeof(struct attachment_note), SCOPE_MESSAGE, clear_note };

static struct attachment_note *
note_of(const struct check_ctx *ctx)
{
	const struct attachment_options *o = ctx->options;
	struct attachment_note *note = slots_get(ctx->slots, &kind);

	if (note->hits == NULL) {
		note->nhits = o->blocks.n;
		note->hits = mem_array(note->nhits, sizeof *note->hits);
		note->bytes = (struct buf)BUF_INIT;
		note->budget = message_budget(ctx->slots, ctx->site);
	}
	return note;
}

/* What keeps us from seeing all of the message. */
static void
note_limits(struct attachment_note *note, const struct mime_part *part)
{
	unsigned limits = part->faults & mime_fault_limits();

	if (limits != 0)
		attachment_unscannable(note, part->nnames > 0 ? part->names[0] :
		    NULL, part->type, mime_fault_words((enum mime_fault)
		    (limits & -limits)));
}

static void
part(const struct check_ctx *ctx, const struct mime_event *e)
{
	const struct attachment_options *o = ctx->options;
	struct attachment_note *note = note_of(ctx);

	switch (e->what) {
	case MIME_BEGIN:
		/* A file in uuencode within a text interrupts the text. */
		if (note->part != 0)
			attachment_end(note, o);
		attachment_begin(note, o, e->part);
		break;
	case MIME_BYTES:
		if (note->part == e->part->number)
			attachment_bytes(note, o, e->bytes, e->n);
		break;
	case MIME_TEXT:
	case MIME_OTHER:
		break;
	case MIME_END:
		if (note->part == e->part->number)
			attachment_end(note, o);
		note_limits(note, e->part);
		break;
	}
}

static void
say(struct finding *f, const struct attachment_hit *hit)
{
	finding_say(f, EVIDENCE_FILE, hit->file);
	finding_say(f, EVIDENCE_TYPE, hit->type);
	finding_say(f, EVIDENCE_DETAIL, hit->detail);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct attachment_options *o = ctx->options;
	struct attachment_note *note = slots_find(ctx->slots, &kind);
	const struct option_item *item;
	struct finding *f;
	size_t i;

	if (note == NULL)
		return;
	for (i = 0; i < note->nhits; i++) {
		if (!note->hits[i].found)
			continue;
		item = o->blocks.v[i];
		f = check_found(ctx, found, REASON_ATTACHMENT_BANNED);
		finding_say(f, EVIDENCE_PATTERN, item->title);
		say(f, &note->hits[i]);
	}
	if (note->unscannable.found)
		say(check_found(ctx, found, REASON_NOT_SCANNABLE),
		    &note->unscannable);
}

static const int reasons[] = { REASON_ATTACHMENT_BANNED, REASON_NOT_SCANNABLE,
	REASON_NONE };

const struct check check_content_attachment = {
	.name = "content_attachment",
	.section = "content",
	.stages = STAGE_BIT(STAGE_MESSAGE),
	.issued_at = STAGE_RCPT,
	.needs = CHECK_NEEDS_PARTS,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct attachment_options),
	.ready = ready,
	.active = active,
	.part = part,
	.run = run
};
