/* content_header - a header field that matches a pattern of the admin */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/pattern.h"
#include "checks/check.h"

#define MATCHED_MOST 64

struct patterns {
	struct pattern **v;
	size_t n, cap;
};

struct field {
	struct option_item item;	/* title: name of the field */
	struct patterns patterns;
};

struct options {
	struct option_items fields;	/* struct field */
};

static bool
take_pattern(void *base, void *slot, const char *value, struct buf *why)
{
	struct patterns *list = slot;
	struct pattern *p = pattern_new(value, why);

	(void)base;
	if (p == NULL)
		return false;
	list->v = mem_room(list->v, list->n, &list->cap, sizeof *list->v);
	list->v[list->n++] = p;
	return true;
}

static void
drop_patterns(void *slot)
{
	struct patterns *list = slot;

	while (list->n > 0)
		pattern_free(list->v[--list->n]);
	free(list->v);
	memset(list, 0, sizeof *list);
}

/* RFC 5322 section 3.6.8: printable ASCII but the colon. */
static bool
finish_field(void *item, struct buf *why)
{
	const struct field *field = item;
	const char *p;

	for (p = field->item.title; *p > ' ' && *p < 127 && *p != ':'; p++)
		;
	if (*p != '\0')
		buf_printf(why, "\"%.60s\" is no name of a header field",
		    field->item.title);
	else if (field->patterns.n == 0)
		buf_printf(why, "header \"%.60s\" has no pattern",
		    field->item.title);
	return *p == '\0' && field->patterns.n > 0;
}

static const struct option field_options[] = {
	{ .name = "pattern", .type = OPTION_LIST,
	    .offset = offsetof(struct field, patterns),
	    .take = take_pattern, .drop = drop_patterns,
	    .help = "what is refused in this field, as \"/text/i\"" },
	{ .name = NULL }
};

static const struct option options[] = {
	{ .name = "header", .type = OPTION_GROUP,
	    .offset = offsetof(struct options, fields),
	    .rows = field_options, .item_size = sizeof(struct field),
	    .finish = finish_field,
	    .help = "patterns for one header field" },
	{ .name = NULL }
};

static bool
active(const void *opt, const struct site *site)
{
	const struct options *o = opt;

	(void)site;
	return o->fields.n > 0;
}

static void
report(const struct check_ctx *ctx, struct findings *found,
    const struct header *h, const struct pattern *p, size_t from, size_t to)
{
	struct finding *f = check_found(ctx, found, REASON_HEADER_PATTERN);
	size_t n = to - from < MATCHED_MOST ? to - from : MATCHED_MOST;
	char *matched = mem_ndup(h->value + from, n);

	finding_say(f, EVIDENCE_HEADER, h->name);
	finding_say(f, EVIDENCE_PATTERN, pattern_text(p));
	finding_say(f, EVIDENCE_MATCHED, matched);
	free(matched);
}

/* A pattern that gives up (PATTERN_LIMIT) could not tell: nothing is found. */
static bool
search(const struct check_ctx *ctx, struct findings *found,
    const struct field *field, const struct header *h)
{
	size_t i, from, to, n = strlen(h->value);

	for (i = 0; i < field->patterns.n; i++)
		if (pattern_match(field->patterns.v[i], h->value, n, &from,
		    &to) == PATTERN_YES) {
			report(ctx, found, h, field->patterns.v[i], from, to);
			return true;
		}
	return false;
}

/* One finding for each block of the configuration is enough. */
static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct options *o = ctx->options;
	const struct session *s = ctx->session;
	const struct field *field;
	size_t i, j;

	for (i = 0; i < o->fields.n; i++) {
		field = o->fields.v[i];
		for (j = 0; j < s->nheaders; j++)
			if (strcasecmp(s->headers[j].name,
			    field->item.title) == 0 &&
			    search(ctx, found, field, &s->headers[j]))
				break;
	}
}

static const int reasons[] = { REASON_HEADER_PATTERN, REASON_NONE };

const struct check check_content_header = {
	.name = "content_header",
	.section = "content",
	.stages = STAGE_BIT(STAGE_HEADERS),
	.speaks = STAGE_RCPT,
	.needs = CHECK_NEEDS_HEADERS,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.active = active,
	.run = run
};
