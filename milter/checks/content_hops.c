/* content_hops - a message that has come round again (RFC 5321 section 6.3) */

#include "checks/check.h"
#include "words/reason.h"

struct options {
	long long max_hops;
};

static const struct option options[] = {
	{ .name = "max-hops", .type = OPTION_INT,
	    .offset = offsetof(struct options, max_hops),
	    .default_value = "100", .min = 25, .max = 1000,
	    .help = "servers a message may have passed through" },
	{ .name = NULL }
};

/* Of fields that the session does not keep. */
static const struct slot_kind kind = { "content_hops", sizeof(long long),
	SCOPE_MESSAGE, NULL };

static bool
is_hop(const struct header *h)
{
	return header_is(h, "Received");
}

static void
count_late(const struct check_ctx *ctx, const struct header *h)
{
	long long *late = slots_get(ctx->slots, &kind);

	*late += is_hop(h);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct options *o = ctx->options;
	const struct session *s = ctx->session;
	const long long *late = slots_find(ctx->slots, &kind);
	long long hops = late != NULL ? *late : 0;
	struct finding *f;
	size_t i;

	for (i = 0; i < s->nheaders; i++)
		hops += is_hop(&s->headers[i]);
	if (hops <= o->max_hops)
		return;
	f = check_found(ctx, found, REASON_MAIL_LOOP);
	finding_say_int(f, EVIDENCE_COUNT, hops);
	finding_say_int(f, EVIDENCE_LIMIT, o->max_hops);
}

static const int reasons[] = { REASON_MAIL_LOOP, REASON_NONE };

const struct check check_content_hops = {
	.name = "content_hops",
	.section = "content",
	.stages = STAGE_BIT(STAGE_HEADERS),
	.issued_at = STAGE_RCPT,
	.needs = CHECK_NEEDS_HEADERS,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.field = count_late,
	.run = run
};
