/* content_mime - a message that two programs may read in two ways (RFC 2045) */

#include "checks/check.h"
#include "mime/mime.h"

struct options {
	bool look;
};

static const struct option options[] = {
	{ .name = "malformed-mime", .type = OPTION_BOOL,
	    .offset = offsetof(struct options, look), .default_value = "no",
	    .help = "find parts that are not put together as they must be" },
	{ .name = NULL }
};

static bool
active(const void *opt, const struct site *site)
{
	const struct options *o = opt;

	(void)site;
	return o->look;
}

struct note {
	unsigned faults;
};

static const struct slot_kind kind = { "content_mime", sizeof(struct note),
	SCOPE_MESSAGE, NULL };

/* What content_attachment found unscannable is not reported twice. */
static void
part(const struct check_ctx *ctx, const struct mime_event *e)
{
	struct note *note;

	if (e->what != MIME_END || e->part->faults == 0)
		return;
	note = slots_get(ctx->slots, &kind);
	note->faults |= e->part->faults & ~mime_fault_limits();
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
