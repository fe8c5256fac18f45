/* content_header - a header field that matches a pattern of the admin */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/pattern.h"
#include "base/pattern_set.h"
#include "checks/check.h"
#include "checks/message_budget.h"
#include "checks/patterns.h"
#include "mime/encoded.h"
#include "words/reason.h"

#define PIECE 8192

struct field {
	struct option_item item;	/* title: name of the field */
	struct patterns patterns;
	struct pattern_set *set;	/* of them; NULL: they are few */
};

/* Up to this many patterns, matching one by one is cheaper than a set. */
#define FEW 8

struct options {
	struct option_items fields;	/* struct field */
};

/* RFC 5322 section 3.6.8: printable ASCII but the colon. */
static bool
finish_field(void *item, struct buf *errmsg)
{
	const struct field *field = item;
	const char *p;

	for (p = field->item.title; *p > ' ' && *p < 127 && *p != ':'; p++)
		;
	if (*p != '\0')
		buf_printf(errmsg, "\"%.60s\" is no name of a header field",
		    field->item.title);
	else if (field->patterns.n == 0)
		buf_printf(errmsg, "header \"%.60s\" has no pattern",
		    field->item.title);
	return *p == '\0' && field->patterns.n > 0;
}

static const struct option field_options[] = {
	{ .name = "pattern", .type = OPTION_LIST,
	    .offset = offsetof(struct field, patterns),
	    .parse = patterns_parse, .free = patterns_free,
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

static void
ready(void *opt, const struct site *site, struct diags *d)
{
	struct options *o = opt;
	struct field *field;
	size_t i;

	(void)site;
	(void)d;
	for (i = 0; i < o->fields.n; i++) {
		field = o->fields.v[i];
		if (field->patterns.n > FEW)
			field->set = pattern_set_new((const struct pattern *
			    const *)field->patterns.v, field->patterns.n);
	}
}

static void
done(void *opt)
{
	struct options *o = opt;
	size_t i;

	for (i = 0; i < o->fields.n; i++)
		pattern_set_free(((struct field *)o->fields.v[i])->set);
}

static bool
active(const void *opt, const struct site *site)
{
	const struct options *o = opt;

	(void)site;
	return o->fields.n > 0;
}

static void
report(const struct check_ctx *ctx, struct findings *found, const char *name,
    const char *pattern, char *matched)
{
	struct finding *f = check_found(ctx, found, REASON_HEADER_PATTERN);

	finding_say(f, EVIDENCE_HEADER, name);
	finding_say(f, EVIDENCE_PATTERN, pattern);
	finding_say(f, EVIDENCE_MATCHED, matched);
	free(matched);
}

/*
 * A long value is matched in pieces, so that the deadline is checked between
 * them; a match must be shorter than half a piece.
 */
static enum pattern_result
match(const struct check_ctx *ctx, const struct pattern *p, const char *value,
    size_t n, size_t *from, size_t *to)
{
	struct budget *b = message_budget(ctx->slots, ctx->site);
	enum pattern_result result = PATTERN_NO;
	size_t start = 0, end;

	do {
		end = n - start > 2 * PIECE ? start + 2 * PIECE : n;
		budget_spend(b, BUDGET_PATTERNS, (long long)(end - start));
		if (!budget_left(b))
			return PATTERN_NO;
		result = pattern_match_piece(p, value, end, start, end == n,
		    from, to);
		start += PIECE;
	} while (result == PATTERN_NO && end < n);
	return result;
}

/* maybe NULL: each pattern may match. */
static bool
search_those(const struct check_ctx *ctx, struct findings *found,
    const struct field *field, const char *name, const char *value, size_t n,
    const bool *maybe)
{
	const struct pattern *p;
	size_t i, from, to;

	for (i = 0; i < field->patterns.n; i++) {
		if (maybe != NULL && !maybe[i])
			continue;
		p = field->patterns.v[i];
		switch (match(ctx, p, value, n, &from, &to)) {
		case PATTERN_YES:
			report(ctx, found, name, pattern_text(p),
			    patterns_matched(value, from, to));
			return true;
		case PATTERN_LIMIT:
			patterns_gave_up(field->item.title, p);
			break;
		case PATTERN_NO:
			break;
		}
	}
	return false;
}

static bool
search(const struct check_ctx *ctx, struct findings *found,
    const struct field *field, const char *name, const char *value, size_t n)
{
	bool *maybe = NULL, hit;

	if (field->set != NULL) {
		maybe = mem_array(field->patterns.n, sizeof *maybe);
		pattern_set_scan(field->set, value, n, maybe);
	}
	hit = search_those(ctx, found, field, name, value, n, maybe);
	free(maybe);
	return hit;
}

/* As people read it, and as it was sent. */
static bool
search_field(const struct check_ctx *ctx, struct findings *found,
    const struct field *field, const struct header *h)
{
	struct buf text = BUF_INIT;
	size_t n = strlen(h->value);
	bool hit;

	encoded_put(&text, h->value, n);
	hit = search(ctx, found, field, h->name, text.data, text.len);
	if (!hit && strcmp(text.data, h->value) != 0)
		hit = search(ctx, found, field, h->name, h->value, n);
	buf_free(&text);
	return hit;
}

/* One finding for each block of the configuration is enough. */
static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct options *o = ctx->options;
	const struct session *s = ctx->session;
	const struct field *field;
	struct budget *b = message_budget(ctx->slots, ctx->site);
	size_t i, j;

	budget_enter(b);
	for (i = 0; i < o->fields.n; i++) {
		field = o->fields.v[i];
		for (j = 0; j < s->nheaders; j++)
			if (strcasecmp(s->headers[j].name,
			    field->item.title) == 0 &&
			    search_field(ctx, found, field, &s->headers[j]))
				break;
	}
	budget_leave(b);
}

static const int reasons[] = { REASON_HEADER_PATTERN, REASON_NONE };

const struct check check_content_header = {
	.name = "content_header",
	.section = "content",
	.stages = STAGE_BIT(STAGE_HEADERS),
	.issued_at = STAGE_RCPT,
	.needs = CHECK_NEEDS_HEADERS,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.ready = ready,
	.done = done,
	.active = active,
	.run = run
};
