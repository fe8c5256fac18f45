/* mime_part - parts begin, have bytes, and end */

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mime/mime_internal.h"

#define PIECE 8192

struct mime_level *
mime_top(struct mime *m)
{
	return &m->levels[m->nlevels - 1];
}

static struct mime_level *
push(struct mime *m)
{
	struct mime_level *level = &m->levels[m->nlevels];
	size_t i;

	memset(level, 0, sizeof *level);
	level->boundary = (struct buf)BUF_INIT;
	for (i = 0; i < MIME_SAME; i++)
		level->others[i] = (struct buf)BUF_INIT;
	level->part.depth = m->base_depth + (unsigned)m->nlevels;
	level->part.within = m->within_part;
	if (m->nlevels > 0) {
		level->part.within = level[-1].part.number;
		level[-1].has_parts = true;
	}
	level->part.number = ++m->nparts;
	m->nlevels++;
	return level;
}

static void
forget_fields(struct mime *m)
{
	size_t i;

	for (i = 0; i < FIELDS * MIME_SAME; i++)
		buf_clear(&m->fields[i / MIME_SAME][i % MIME_SAME]);
	memset(m->nfields, 0, sizeof m->nfields);
	m->header_bytes = 0;
	m->field = NULL;
}

/* One more part, or none when there are too many: what follows is passed
   over. */
static struct mime_level *
begin(struct mime *m)
{
	if (m->nparts < MIME_PARTS)
		return push(m);
	m->faults |= MIME_TOO_MANY;
	m->state = MIME_GIVEN_UP;
	return NULL;
}

static void
forward(void *arg, const struct mime_event *event)
{
	struct mime *m = arg;

	m->reported(m->arg, event);
}

/* The part's bytes are a message, which has a parser of its own. */
static void
open_inner(struct mime *m, struct mime_level *level)
{
	if (m->nesting == MIME_NESTED) {
		mime_fault(m, level, MIME_TOO_DEEP);
		return;
	}
	level->part.container = true;
	level->has_parts = true;
	level->inner = mime_new(forward, m);
	level->inner->nesting = m->nesting + 1;
	level->inner->base_depth = level->part.depth + 1;
	level->inner->within_part = level->part.number;
	level->inner->nparts = m->nparts;
}

static void
close_inner(struct mime *m, struct mime_level *level)
{
	mime_end(level->inner);
	m->nparts = level->inner->nparts;
	m->faults |= level->inner->faults;
	mime_free(level->inner);
	level->inner = NULL;
}

void
mime_part_begin(struct mime *m)
{
	struct mime_level *level = begin(m);

	if (level == NULL)
		return;
	mime_fault(m, level, m->pending);
	m->pending = 0;
	if (mime_part_read(m, level))
		open_inner(m, level);
	if (level->part.text && !level->part.container)
		mime_text_open(m, level);
	forget_fields(m);
	m->state = !level->part.container || level->inner != NULL ?
	    MIME_IN_BODY : level->boundary.len > 0 ? MIME_IN_NOTHING :
	    MIME_IN_HEADER;
	m->may_inline = !level->part.container && (level->decoder.encoding ==
	    MIME_UUENCODE || (level->decoder.encoding == MIME_AS_IS &&
	    strcmp(level->type, "text/plain") == 0));
	m->begun = INLINE_NONE;
	mime_tell(m, level, MIME_BEGIN, NULL, 0);
}

void
mime_part_begin_inline(struct mime *m)
{
	struct mime_level *level = begin(m);

	if (level == NULL)
		return;
	level->part.attached = true;
	level->type = mem_dup("application/octet-stream");
	level->part.type = level->type;
	level->part.encoding = MIME_UUENCODE;
	mime_part_name(m, level, m->inline_name.data, m->inline_name.len);
	m->within = m->begun;
	mime_tell(m, level, MIME_BEGIN, NULL, 0);
}

static void
end_bytes(struct mime *m, struct mime_level *level)
{
	char rest[2];
	size_t n = decode_end(&level->decoder, rest);

	if (n > 0)
		mime_part_decoded(m, rest, n);
	if (level->decoder.faulty)
		mime_fault(m, level, level->decoder.encoding == MIME_BASE64 ?
		    MIME_BAD_BASE64 : MIME_BAD_QUOTED);
	if (level->part.text)
		mime_text_end(m, level);
}

void
mime_part_end(struct mime *m)
{
	struct mime_level *level = mime_top(m);
	size_t i;

	if (!level->part.container || level->inner != NULL)
		end_bytes(m, level);
	if (level->inner != NULL)
		close_inner(m, level);
	m->nboundaries -= level->boundary.len > 0;
	if (level->boundary.len > 0 && !level->ended && level->part.container)
		mime_fault(m, level, MIME_UNCLOSED);
	if (level->part.container && !level->has_parts)
		mime_fault(m, level, MIME_EMPTY);
	if (m->nlevels == 1)
		level->part.faults = m->faults;
	mime_tell(m, level, MIME_END, NULL, 0);
	m->within = INLINE_NONE;
	m->nlevels--;
	free(level->type);
	free(level->other_type);
	free(level->charset);
	for (i = 0; i < MIME_NAMES; i++)
		free(level->names[i]);
	buf_free(&level->boundary);
	for (i = 0; i < MIME_SAME; i++)
		buf_free(&level->others[i]);
}

void
mime_part_decoded(struct mime *m, const char *bytes, size_t n)
{
	struct mime_level *level = mime_top(m);

	if (n == 0)
		return;
	if (level->inner != NULL) {
		mime_body(level->inner, bytes, n);
		return;
	}
	mime_tell(m, level, MIME_BYTES, bytes, n);
	if (level->part.text)
		mime_text_put(m, level, bytes, n);
}

void
mime_part_bytes(struct mime *m, const char *bytes, size_t n)
{
	struct decoder *d = &mime_top(m)->decoder;
	const char *end = bytes + n;
	char piece[PIECE];

	if (d->encoding == MIME_AS_IS || d->encoding == MIME_UUENCODE) {
		mime_part_decoded(m, bytes, n);
		return;
	}
	while (bytes < end)
		mime_part_decoded(m, piece,
		    decode_put(d, &bytes, end, piece, sizeof piece));
}

void
mime_put_eol(struct mime *m)
{
	char eol[2] = { m->eol[0], m->eol[1] };
	size_t n = m->neol;

	m->neol = 0;
	if (n > 0 && m->state == MIME_IN_BODY)
		mime_part_bytes(m, eol, n);
}
