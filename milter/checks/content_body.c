/* content_body - text of a message that matches a pattern of the admin */

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
#include "mime/mime.h"
#include "mime/window.h"
#include "words/reason.h"

#define SLICE 4096	/* bytes of a text that patterns are shown at once */

/* A block of the configuration: patterns that have one name. */
struct block {
	struct option_item item;
	struct patterns patterns;
	struct strset types;	/* "text/html"; empty: all texts */
	char *comment;
};

struct options {
	struct option_items blocks;	/* struct block */
	/* all patterns in one row, and the block of each */
	const struct pattern **patterns;
	size_t *block_of;
	size_t n;
	struct pattern_set *set;
};

/* What one block has found in this message. */
struct hit {
	bool done;		/* found, or given up: looked at no more */
	const struct pattern *pattern;	/* NULL: nothing found */
	char *matched, *type, *file;
	bool wants;		/* the text that is read now */
};

struct note {
	struct hit *hits;	/* of each block */
	size_t nhits;
	bool *maybe;		/* of each pattern */
	struct window window, other;	/* other: of the other reading */
	unsigned part;		/* whose text is read, 0: none */
	char *type, *file;	/* of that part */
};

static bool
finish_block(void *item, struct buf *errmsg)
{
	const struct block *block = item;

	if (block->patterns.n == 0)
		buf_printf(errmsg, "body \"%.60s\" has no pattern",
		    block->item.title);
	return block->patterns.n > 0;
}

/* Only texts are searched, so no other type could match. */
static bool
parse_type(void *base, void *slot, const char *value, struct buf *errmsg)
{
	if (strncasecmp(value, "text/", 5) != 0 || value[5] == '\0' ||
	    strpbrk(value, "*; \t") != NULL) {
		buf_printf(errmsg, "\"%.60s\" is no type of a text, as "
		    "\"text/html\"", value);
		return false;
	}
	return option_parse_string(base, slot, value, errmsg);
}

static const struct option block_options[] = {
	{ .name = "pattern", .type = OPTION_LIST,
	    .offset = offsetof(struct block, patterns),
	    .parse = patterns_parse, .free = patterns_free,
	    .help = "what is refused in a text, as \"/text/i\"" },
	{ .name = "type", .type = OPTION_LIST,
	    .offset = offsetof(struct block, types),
	    .parse = parse_type, .free = option_free_strings,
	    .help = "texts that are looked at, as \"text/html\"; unset: all" },
	{ .name = "comment", .type = OPTION_TEXT,
	    .offset = offsetof(struct block, comment),
	    .help = "what the record says of it" },
	{ .name = NULL }
};

static const struct option options[] = {
	{ .name = "body", .type = OPTION_GROUP,
	    .offset = offsetof(struct options, blocks),
	    .rows = block_options, .item_size = sizeof(struct block),
	    .finish = finish_block,
	    .help = "patterns for the texts of a message" },
	{ .name = NULL }
};

static void
ready(void *opt, const struct site *site, struct diags *d)
{
	struct options *o = opt;
	const struct block *block;
	size_t i, j, n = 0;

	(void)site;
	(void)d;
	for (i = 0; i < o->blocks.n; i++)
		n += ((const struct block *)o->blocks.v[i])->patterns.n;
	o->patterns = mem_array(n, sizeof *o->patterns);
	o->block_of = mem_array(n, sizeof *o->block_of);
	for (i = 0; i < o->blocks.n; i++) {
		block = o->blocks.v[i];
		for (j = 0; j < block->patterns.n; j++) {
			o->block_of[o->n] = i;
			o->patterns[o->n++] = block->patterns.v[j];
		}
	}
	o->set = pattern_set_new(o->patterns, o->n);
}

static void
done(void *opt)
{
	struct options *o = opt;

	pattern_set_free(o->set);
	free(o->patterns);
	free(o->block_of);
}

static bool
active(const void *opt, const struct site *site)
{
	const struct options *o = opt;

	(void)site;
	return o->n > 0;
}

static void
clear_note(void *memory)
{
	struct note *note = memory;
	size_t i;

	for (i = 0; i < note->nhits; i++) {
		free(note->hits[i].matched);
		free(note->hits[i].type);
		free(note->hits[i].file);
	}
	free(note->hits);
	free(note->maybe);
	free(note->type);
	free(note->file);
	buf_free(&note->window.text);
	buf_free(&note->other.text);
}

static const struct slot_kind kind = { "content_body", sizeof(struct note),
	SCOPE_MESSAGE, clear_note };

static struct note *
note_of(const struct check_ctx *ctx)
{
	const struct options *o = ctx->options;
	struct note *note = slots_get(ctx->slots, &kind);

	if (note->hits == NULL) {
		note->nhits = o->blocks.n;
		note->hits = mem_array(note->nhits, sizeof *note->hits);
		note->maybe = mem_array(o->n, sizeof *note->maybe);
		note->window = note->other = (struct window)WINDOW_INIT;
	}
	return note;
}

/* A window of a text, and the blocks that search it. */
struct view {
	const struct options *options;
	struct note *note;
	const char *text;
	size_t n, start;
	bool last;
	struct budget *budget;
};

/* A match that begins in the overlap is found whole in the next window. */
static void
match(const struct view *v, size_t i)
{
	const struct block *block =
	    v->options->blocks.v[v->options->block_of[i]];
	struct hit *hit = &v->note->hits[v->options->block_of[i]];
	const struct pattern *p = v->options->patterns[i];
	size_t from, to;

	switch (pattern_match_piece(p, v->text, v->n, v->start, v->last, &from,
	    &to)) {
	case PATTERN_YES:
		if (!v->last && from >= v->n - WINDOW_OVERLAP)
			break;
		hit->done = true;
		hit->pattern = p;
		hit->matched = patterns_matched(v->text, from, to);
		hit->type = mem_dup(v->note->type);
		hit->file = mem_dup(v->note->file);
		break;
	case PATTERN_LIMIT:
		hit->done = true;
		patterns_gave_up(block->item.title, p);
		break;
	case PATTERN_NO:
		break;
	}
}

static void
search_slice(struct view *v)
{
	struct note *note = v->note;
	struct hit *hit;
	size_t i;

	for (i = 0; i < v->options->n; i++) {
		hit = &note->hits[v->options->block_of[i]];
		if (!note->maybe[i] || !hit->wants || hit->done)
			continue;
		budget_spend(v->budget, BUDGET_PATTERNS,
		    (long long)(v->n - v->start));
		match(v, i);
	}
}

/*
 * A pattern that is tried again at each letter of a long run takes quadratic
 * time: so it gets this many bytes at once, and then the deadline is checked.
 */
static void
search(void *arg, const char *text, size_t n, size_t start, bool last)
{
	struct view *v = arg;
	size_t end;

	v->text = text;
	pattern_set_scan(v->options->set, text, n, v->note->maybe);
	for (; start < n && budget_left(v->budget); start = end) {
		end = n - start > SLICE + WINDOW_OVERLAP ? start + SLICE : n;
		v->start = start;
		v->n = end < n ? end + WINDOW_OVERLAP : n;
		v->last = last && end == n;
		search_slice(v);
	}
}

static bool
has_type(const struct block *block, const char *type)
{
	return type != NULL &&
	    strset_find(&block->types, type, strlen(type)) != NULL;
}

/* Is there a block that still searches texts of this type? A page counts as
   one, whatever it calls itself. */
static bool
is_wanted(const struct options *o, struct note *note,
    const struct mime_part *part)
{
	const struct block *block;
	bool wanted = false;
	size_t i;

	for (i = 0; i < o->blocks.n; i++) {
		block = o->blocks.v[i];
		note->hits[i].wants = block->types.n == 0 ||
		    has_type(block, part->type) ||
		    has_type(block, part->other_type) ||
		    (part->page && has_type(block, "text/html"));
		wanted |= note->hits[i].wants && !note->hits[i].done;
	}
	return wanted;
}

static void
part(const struct check_ctx *ctx, const struct mime_event *e)
{
	struct note *note = note_of(ctx);
	struct view v = { .options = ctx->options, .note = note,
		.budget = message_budget(ctx->slots, ctx->site) };

	if (e->what == MIME_BEGIN) {
		if (!e->part->text ||
		    !is_wanted(ctx->options, note, e->part))
			return;
		note->part = e->part->number;
		mem_replace(&note->type, e->part->type);
		mem_replace(&note->file, e->part->nnames > 0 ?
		    e->part->names[0] : NULL);
	} else if (e->part->number != note->part) {
		return;
	} else if (e->what == MIME_TEXT) {
		window_put(&note->window, e->bytes, e->n, search, &v);
	} else if (e->what == MIME_OTHER) {
		window_put(&note->other, e->bytes, e->n, search, &v);
	} else if (e->what == MIME_END) {
		window_end(&note->window, search, &v);
		window_end(&note->other, search, &v);
		note->part = 0;
	}
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct options *o = ctx->options;
	struct note *note = slots_find(ctx->slots, &kind);
	const struct block *block;
	const struct hit *hit;
	struct finding *f;
	size_t i;

	for (i = 0; note != NULL && i < note->nhits; i++) {
		hit = &note->hits[i];
		if (hit->pattern == NULL)
			continue;
		block = o->blocks.v[i];
		f = check_found(ctx, found, REASON_BODY_PATTERN);
		finding_say(f, EVIDENCE_LIST, block->item.title);
		finding_say(f, EVIDENCE_PATTERN, pattern_text(hit->pattern));
		finding_say(f, EVIDENCE_MATCHED, hit->matched);
		finding_say(f, EVIDENCE_TYPE, hit->type);
		finding_say(f, EVIDENCE_FILE, hit->file);
		finding_say(f, EVIDENCE_COMMENT, block->comment);
	}
}

static const int reasons[] = { REASON_BODY_PATTERN, REASON_NONE };

const struct check check_content_body = {
	.name = "content_body",
	.section = "content",
	.stages = STAGE_BIT(STAGE_MESSAGE),
	.issued_at = STAGE_RCPT,
	.needs = CHECK_NEEDS_PARTS,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.ready = ready,
	.done = done,
	.active = active,
	.part = part,
	.run = run
};
