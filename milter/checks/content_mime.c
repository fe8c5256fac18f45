/* content_mime - a message that two programs may read in two ways (RFC 2045) */

#include <string.h>

#include "base/buf.h"
#include "checks/check.h"
#include "mime/file_name.h"
#include "mime/filetype.h"
#include "mime/mime.h"
#include "words/reason.h"

enum when { MIME_OFF, MIME_ON, MIME_AUTO };

struct options {
	int when;		/* enum when */
};

static const char *const when_names[] = { "no", "yes", "auto", NULL };

static const struct option options[] = {
	{ .name = "malformed-mime", .type = OPTION_WORD,
	    .offset = offsetof(struct options, when), .words = when_names,
	    .default_value = "auto",
	    .help = "find parts that two programs read in two ways; auto: "
	    "where something looks into messages" },
	{ .name = NULL }
};

static bool
active(const void *opt, const struct site *site)
{
	const struct options *o = opt;

	return o->when == MIME_ON || (o->when == MIME_AUTO && site->parts);
}

#define HEAD 64			/* bytes that tell a text */

struct note {
	unsigned faults;
	unsigned part;		/* called a picture, until it was inspected */
	char head[HEAD];
	size_t nhead;
};

static const struct slot_kind kind = { "content_mime", sizeof(struct note),
	SCOPE_MESSAGE, NULL };

/* Files that are never text. */
static bool
is_called_picture(const struct mime_part *part)
{
	static const char *const endings[] = { "png", "jpg", "jpeg", "gif",
		"pdf", "bmp", "tif", "tiff", "webp", NULL };

	return part->nnames > 0 && file_name_has(part->names[0], endings);
}

/* Some programs go by the name, some by the bytes: a text that is called a
   picture may be a page to them. */
static void
inspect_head(struct note *note)
{
	struct buf type = BUF_INIT;

	if (note->nhead > 0 &&
	    filetype_plain(note->head, note->nhead, &type) &&
	    strcmp(type.data, "text/plain") == 0)
		note->faults |= MIME_NOT_AS_NAMED;
	note->part = 0;
	buf_free(&type);
}

static void
keep_head(struct note *note, const char *bytes, size_t n)
{
	if (n > HEAD - note->nhead)
		n = HEAD - note->nhead;
	memcpy(note->head + note->nhead, bytes, n);
	note->nhead += n;
	if (note->nhead == HEAD)
		inspect_head(note);
}

/* What content_attachment calls not scannable is not said twice. */
static void
part(const struct check_ctx *ctx, const struct mime_event *e)
{
	struct note *note = slots_get(ctx->slots, &kind);

	switch (e->what) {
	case MIME_BEGIN:
		note->part = !e->part->container && is_called_picture(e->part) ?
		    e->part->number : 0;
		note->nhead = 0;
		break;
	case MIME_BYTES:
		if (note->part == e->part->number)
			keep_head(note, e->bytes, e->n);
		break;
	case MIME_TEXT:
	case MIME_OTHER:
		break;
	case MIME_END:
		if (note->part == e->part->number)
			inspect_head(note);
		note->faults |= e->part->faults & ~mime_fault_limits();
		break;
	}
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct note *note = slots_find(ctx->slots, &kind);
	unsigned faults = note != NULL ? note->faults : 0, bit;
	struct finding *f;

	for (; faults != 0; faults &= ~bit) {
		bit = faults & -faults;
		f = check_found(ctx, found, REASON_MESSAGE_MALFORMED);
		finding_say(f, EVIDENCE_DETAIL,
		    mime_fault_words((enum mime_fault)bit));
	}
}

static const int reasons[] = { REASON_MESSAGE_MALFORMED, REASON_NONE };

const struct check check_content_mime = {
	.name = "content_mime",
	.section = "content",
	.stages = STAGE_BIT(STAGE_MESSAGE),
	.issued_at = STAGE_RCPT,
	.needs = CHECK_NEEDS_PARTS,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.active = active,
	.part = part,
	.run = run
};
