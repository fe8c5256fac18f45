/* content_malformed - a header that is not as RFC 5322 section 3.6 says */

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "checks/check.h"
#include "words/reason.h"

enum malformed { MALFORMED_8BIT = 1, MALFORMED_FROM = 2, MALFORMED_DATE = 4 };

struct options {
	unsigned enabled;		/* enum malformed */
};

static bool
parse_word(void *base, void *slot, const char *value, struct buf *errmsg)
{
	static const struct {
		const char *name;
		enum malformed bit;
	} known[] = {
		{ "8bit", MALFORMED_8BIT }, { "from", MALFORMED_FROM },
		{ "date", MALFORMED_DATE },
	};
	unsigned *enabled = slot;
	size_t i;

	(void)base;
	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(value, known[i].name) == 0) {
			*enabled |= known[i].bit;
			return true;
		}
	buf_printf(errmsg, "\"%.60s\" is none of 8bit, from, date", value);
	return false;
}

static void
free_words(void *slot)
{
	*(unsigned *)slot = 0;
}

static const struct option options[] = {
	{ .name = "malformed", .type = OPTION_LIST,
	    .offset = offsetof(struct options, enabled),
	    .parse = parse_word, .free = free_words,
	    .help = "what is found in a header: 8bit, from, date" },
	{ .name = NULL }
};

static bool
active(const void *opt, const struct site *site)
{
	const struct options *o = opt;

	(void)site;
	return o->enabled != 0;
}

static bool
has_8bit(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return true;
	return false;
}

static size_t
count_fields(const struct session *s, const char *name)
{
	size_t i, n = 0;

	for (i = 0; i < s->nheaders; i++)
		n += strcasecmp(s->headers[i].name, name) == 0;
	return n;
}

static void
report(const struct check_ctx *ctx, struct findings *found, const char *header,
    const char *detail)
{
	struct finding *f = check_found(ctx, found, REASON_MESSAGE_MALFORMED);

	finding_say(f, EVIDENCE_DETAIL, detail);
	finding_say(f, EVIDENCE_HEADER, header);
}

/* The name of a field with such letters that the session does not keep. */
static void
clear_name(void *memory)
{
	mem_replace(memory, NULL);
}

static const struct slot_kind kind = { "content_malformed", sizeof(char *),
	SCOPE_MESSAGE, clear_name };

static void
check_late(const struct check_ctx *ctx, const struct header *h)
{
	const struct options *o = ctx->options;
	char **late = slots_get(ctx->slots, &kind);

	if ((o->enabled & MALFORMED_8BIT) != 0 && *late == NULL &&
	    has_8bit(h->value))
		*late = mem_dup(h->name);
}

/* One is enough. UTF-8 is in its place after SMTPUTF8 (RFC 6532). */
static void
find_8bit(const struct check_ctx *ctx, struct findings *found)
{
	const struct session *s = ctx->session;
	char *const *late = slots_find(ctx->slots, &kind);
	size_t i;

	if (s->smtputf8)
		return;
	for (i = 0; i < s->nheaders; i++)
		if (has_8bit(s->headers[i].value)) {
			report(ctx, found, s->headers[i].name,
			    "its header has letters outside ASCII");
			return;
		}
	if (late != NULL && *late != NULL)
		report(ctx, found, *late,
		    "its header has letters outside ASCII");
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct options *o = ctx->options;
	size_t from = count_fields(ctx->session, "From");

	if ((o->enabled & MALFORMED_8BIT) != 0)
		find_8bit(ctx, found);
	if ((o->enabled & MALFORMED_FROM) != 0 && from != 1)
		report(ctx, found, "From", from == 0 ? "it has no From line" :
		    "it has several From lines");
	if ((o->enabled & MALFORMED_DATE) != 0 &&
	    count_fields(ctx->session, "Date") == 0)
		report(ctx, found, "Date", "it has no date");
}

static const int reasons[] = { REASON_MESSAGE_MALFORMED, REASON_NONE };

const struct check check_content_malformed = {
	.name = "content_malformed",
	.section = "content",
	.stages = STAGE_BIT(STAGE_HEADERS),
	.issued_at = STAGE_RCPT,
	.needs = CHECK_NEEDS_HEADERS,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.active = active,
	.field = check_late,
	.run = run
};
