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

/* What one block of the configuration has found. */
struct hit {
	char *name;		/* of the field; NULL: nothing found */
	char *matched;
	const struct pattern *pattern;
};

/* Of fields that the session does not keep. */
struct note {
	struct hit *hits;	/* of each block */
	size_t n;
};

static void
clear_hit(struct hit *hit)
{
	free(hit->name);
	free(hit->matched);
}

static void
clear_note(void *memory)
{
	struct note *note = memory;

	while (note->n > 0)
		clear_hit(&note->hits[--note->n]);
	free(note->hits);
}

static const struct slot_kind kind = { "content_header", sizeof(struct note),
	SCOPE_MESSAGE, clear_note };

static void
report(const struct check_ctx *ctx, struct findings *found,
    const struct hit *hit)
{
	struct finding *f = check_found(ctx, found, REASON_HEADER_PATTERN);

	finding_say(f, EVIDENCE_HEADER, hit->name);
	finding_say(f, EVIDENCE_PATTERN, pattern_text(hit->pattern));
	finding_say(f, EVIDENCE_MATCHED, hit->matched);
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
search_those(const struct check_ctx *ctx, const struct field *field,
    const char *value, size_t n, const bool *maybe, struct hit *hit)
{
	const struct pattern *p;
	size_t i, from, to;

	for (i = 0; i < field->patterns.n; i++) {
		if (maybe != NULL && !maybe[i])
			continue;
		p = field->patterns.v[i];
		switch (match(ctx, p, value, n, &from, &to)) {
		case PATTERN_YES:
			hit->pattern = p;
			hit->matched = patterns_matched(value, from, to);
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
search(const struct check_ctx *ctx, const struct field *field,
    const char *value, size_t n, struct hit *hit)
{
	bool *maybe = NULL, found;

	if (field->set != NULL) {
		maybe = mem_array(field->patterns.n, sizeof *maybe);
		pattern_set_scan(field->set, value, n, maybe);
	}
	found = search_those(ctx, field, value, n, maybe, hit);
	free(maybe);
	return found;
}

/* As people read it, and as it was sent. */
static bool
search_field(const struct check_ctx *ctx, const struct field *field,
    const struct header *h, struct hit *hit)
{
	struct buf text = BUF_INIT;
	size_t n = strlen(h->value);
	bool found;

	encoded_put(&text, h->value, n);
	found = search(ctx, field, text.data, text.len, hit);
	if (!found && strcmp(text.data, h->value) != 0)
		found = search(ctx, field, h->value, n, hit);
	if (found)
		hit->name = mem_ndup(h->name, strcspn(h->name, " \t"));
	buf_free(&text);
	return found;
}

static bool
is_of(const struct options *o, size_t i, const struct header *h)
{
	const struct field *field = o->fields.v[i];

	return header_is(h, field->item.title);
}

static void
check_late(const struct check_ctx *ctx, const struct header *h)
{
	const struct options *o = ctx->options;
	struct budget *b = message_budget(ctx->slots, ctx->site);
	struct note *note = slots_get(ctx->slots, &kind);
	size_t i;

	if (note->hits == NULL) {
		note->n = o->fields.n;
		note->hits = mem_array(note->n, sizeof *note->hits);
	}
	for (i = 0; i < note->n; i++) {
		if (note->hits[i].name != NULL || !is_of(o, i, h))
			continue;
		budget_enter(b);
		search_field(ctx, o->fields.v[i], h, &note->hits[i]);
		budget_leave(b);
	}
}

/* One finding for each block of the configuration is enough. */
static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct options *o = ctx->options;
	const struct session *s = ctx->session;
	const struct note *late = slots_find(ctx->slots, &kind);
	struct hit hit;
	size_t i, j;

	for (i = 0; i < o->fields.n; i++) {
		memset(&hit, 0, sizeof hit);
		for (j = 0; j < s->nheaders && hit.name == NULL; j++)
			if (is_of(o, i, &s->headers[j]))
				search_field(ctx, o->fields.v[i],
				    &s->headers[j], &hit);
		if (hit.name != NULL)
			report(ctx, found, &hit);
		else if (late != NULL && late->hits[i].name != NULL)
			report(ctx, found, &late->hits[i]);
		clear_hit(&hit);
	}
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
	.field = check_late,
	.run = run
};
