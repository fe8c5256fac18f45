/* mime - lines and boundaries of a message */

#include "mime/mime.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mime/mime_internal.h"

/* "--", the boundary, "--", and blanks that some relay put behind it. */
#define BOUNDARY_LINE (MIME_BOUNDARY + 64)
#define INLINE_LINE 1100	/* of a file within a text, and of its name */

static const struct {
	const char *words;
	bool limit;
} faults[] = {
#define MIME_FAULT(id, bit, limit, words) [bit] = { words, limit },
#include "mime/fault.def"
#undef MIME_FAULT
};

#define NFAULTS (sizeof faults / sizeof faults[0])

const char *
mime_fault_words(enum mime_fault fault)
{
	size_t i;

	for (i = 0; i + 1 < NFAULTS && (1u << i) != (unsigned)fault; i++)
		;
	return faults[i].words;
}

unsigned
mime_fault_limits(void)
{
	unsigned bits = 0;
	size_t i;

	for (i = 0; i < NFAULTS; i++)
		bits |= faults[i].limit ? 1u << i : 0;
	return bits;
}

struct mime *
mime_new(void (*reported)(void *arg, const struct mime_event *event), void *arg)
{
	struct mime *m = mem_alloc(sizeof *m);
	size_t i;

	m->reported = reported;
	m->arg = arg;
	m->state = MIME_IN_HEADER;
	for (i = 0; i < FIELDS * MIME_SAME; i++)
		m->fields[i / MIME_SAME][i % MIME_SAME] = (struct buf)BUF_INIT;
	m->line = (struct buf)BUF_INIT;
	m->inline_name = (struct buf)BUF_INIT;
	m->at_start = true;
	return m;
}

static void
ignore(void *arg, const struct mime_event *event)
{
	(void)arg;
	(void)event;
}

void
mime_free(struct mime *m)
{
	size_t i;

	if (m == NULL)
		return;
	m->reported = ignore;
	while (m->nlevels > 0)
		mime_part_end(m);
	for (i = 0; i < FIELDS * MIME_SAME; i++)
		buf_free(&m->fields[i / MIME_SAME][i % MIME_SAME]);
	buf_free(&m->line);
	buf_free(&m->inline_name);
	free(m);
}

static void
drop_eol(struct mime *m)
{
	m->neol = 0;
	m->cr = 0;
}

/* A part of level i begins after this line, or `ended`: no more follow. */
static void
cross(struct mime *m, size_t i, bool ended)
{
	struct mime_level *level = &m->levels[i];

	drop_eol(m);
	while (m->nlevels > i + 1)
		mime_part_end(m);
	if (level->ended && !ended)
		mime_fault(m, level, MIME_AFTER_END);
	level->ended = ended;
	m->state = ended ? MIME_IN_NOTHING : MIME_IN_HEADER;
	m->may_inline = false;
}

/* The header that a boundary ends was the whole of its part. */
static void
end_header(struct mime *m)
{
	if (m->state != MIME_IN_HEADER)
		return;
	mime_part_begin(m);
}

/* "--", the boundary, and perhaps "--". */
static bool
is_line_of(const struct buf *b, const char *line, size_t n)
{
	return b->len > 0 && n >= b->len + 2 && line[0] == '-' &&
	    line[1] == '-' && memcmp(line + 2, b->data, b->len) == 0 &&
	    (n == b->len + 2 || (n == b->len + 4 &&
	    memcmp(line + n - 2, "--", 2) == 0));
}

/*
 * The first of a level's possible boundaries that appears is the one that
 * counts.
 */
static bool
is_boundary_of(struct mime_level *level, const char *line, size_t n)
{
	size_t i, found = MIME_SAME;

	if (level->others[0].len == 0)
		return is_line_of(&level->boundary, line, n);
	for (i = 0; i < MIME_SAME; i++)
		if (is_line_of(&level->others[i], line, n))
			found = i;
	if (found == MIME_SAME && !is_line_of(&level->boundary, line, n))
		return false;
	if (found < MIME_SAME) {
		buf_clear(&level->boundary);
		buf_put(&level->boundary, level->others[found].data,
		    level->others[found].len);
	}
	for (i = 0; i < MIME_SAME; i++)
		buf_clear(&level->others[i]);
	return true;
}

static bool
begins_as(const struct buf *b, const char *line, size_t n)
{
	return b->len > 0 && n > b->len + 2 &&
	    memcmp(line + 2, b->data, b->len) == 0;
}

/* Some take a line for a boundary by how it begins, or a CR for its end. */
static void
find_begun(struct mime *m, const char *line, size_t n)
{
	const struct mime_level *level;
	bool begun = false;
	size_t i, j;

	if (n < 3 || line[0] != '-' || line[1] != '-')
		return;
	for (i = 0; i < m->nlevels; i++) {
		level = &m->levels[i];
		begun |= begins_as(&level->boundary, line, n);
		for (j = 0; j < MIME_SAME; j++)
			begun |= begins_as(&level->others[j], line, n);
	}
	if (begun)
		mime_fault(m, mime_top(m), memchr(line, '\r', n) != NULL ?
		    MIME_BARE_CR : MIME_BOUNDARY_GOES_ON);
}

/* Is the line one of the boundaries, best of one that is open? Then what it
   says is done. */
static bool
is_boundary(struct mime *m, const char *line, size_t n)
{
	size_t i, ended = m->nlevels, begins = 0;

	n = mime_trimmed(line, n);
	while (begins < n && strchr(" \t\r", line[begins]) != NULL &&
	    line[begins] != '\0')
		begins++;
	if (begins > 0 && line[begins - 1] != '\r')
		return false;
	line += begins;
	n -= begins;
	if (n < 3 || line[0] != '-' || line[1] != '-')
		return false;
	for (i = m->nlevels; i-- > 0;) {
		if (!is_boundary_of(&m->levels[i], line, n))
			continue;
		if (!m->levels[i].ended)
			break;
		if (ended == m->nlevels)
			ended = i;
	}
	if (i == (size_t)-1 && ended == m->nlevels) {
		find_begun(m, line, n);
		return false;
	}
	i = i == (size_t)-1 ? ended : i;
	if (begins > 0)
		mime_fault(m, mime_top(m), MIME_BARE_CR);
	end_header(m);
	if (m->state != MIME_GIVEN_UP)
		cross(m, i, n == m->levels[i].boundary.len + 4);
	return true;
}

/* "--" behind a CR alone begins a boundary for some. */
static void
find_cr(struct mime *m, const char *p, size_t n)
{
	const char *end = p + n;

	while (p < end) {
		if (m->cr == 0 &&
		    (p = memchr(p, '\r', (size_t)(end - p))) == NULL)
			return;
		if (*p == '\r')
			m->cr = 1;
		else if (*p != '-')
			m->cr = 0;
		else if (++m->cr == 3) {
			mime_fault(m, mime_top(m), MIME_BARE_CR);
			m->cr = 0;
		}
		p++;
	}
}

/* Content, the end of whose last line may belong to a boundary. */
static void
content(struct mime *m, const char *bytes, size_t n)
{
	size_t hold = 0;

	if (n == 0)
		return;
	if (m->nboundaries > 0)
		find_cr(m, bytes, n);
	if (m->neol == 1 && m->eol[0] == '\r' && bytes[0] == '\n') {
		m->eol[m->neol++] = '\n';
		bytes++;
		n--;
		if (n == 0)
			return;
	}
	mime_put_eol(m);
	if (m->nboundaries > 0 && bytes[n - 1] == '\n')
		hold = n > 1 && bytes[n - 2] == '\r' ? 2 : 1;
	else if (m->nboundaries > 0 && bytes[n - 1] == '\r')
		hold = 1;
	if (n > hold && m->state == MIME_IN_BODY)
		mime_part_bytes(m, bytes, n - hold);
	memcpy(m->eol, bytes + n - hold, hold);
	m->neol = hold;
}

/* One whole line that had to be seen whole. */
static void
body_line(struct mime *m, const char *line, size_t n)
{
	if (m->nboundaries > 0 && is_boundary(m, line, n))
		return;
	while (m->state == MIME_IN_HEADER)
		if (mime_header_line(m, line, n))
			return;
	if (!m->may_inline || !mime_inline_line(m, line, n))
		content(m, line, n);
}

/* May it be the first line of a file within a text (mime_inline.c)? `n` > 0. */
static bool
may_begin(const char *line, size_t n)
{
	switch (line[0]) {
	case 'b':
		return n == 1 || line[1] == 'e';
	case '=':
		return n == 1 || line[1] == 'y';
	case '(':
		return n == 1 || line[1] == 'T';
	}
	return false;
}

/* Must a line that begins like this be seen as a whole? `n` > 0. */
static bool
is_interesting(const struct mime *m, const char *line, size_t n)
{
	if (m->state == MIME_IN_HEADER || m->within != INLINE_NONE ||
	    m->begun != INLINE_NONE)
		return true;
	if (m->nboundaries > 0 && (line[0] == '\r' || line[0] == ' ' ||
	    line[0] == '\t') && (n == 1 || line[1] <= ' ' || line[1] == '-'))
		return true;
	if (m->nboundaries > 0 && line[0] == '-' && (n == 1 || line[1] == '-'))
		return true;
	return m->may_inline && may_begin(line, n);
}

/* How long may a line be that must be seen as a whole? */
static size_t
line_max(const struct mime *m)
{
	if (m->state == MIME_IN_HEADER)
		return MIME_HEADER_BYTES;
	return m->may_inline ? INLINE_LINE : BOUNDARY_LINE;
}

/* It is longer than that: no boundary, no line of uuencode, or no header. */
static void
line_too_long(struct mime *m)
{
	if (m->state == MIME_IN_HEADER) {
		body_line(m, m->line.data, m->line.len);
		m->passing = m->state == MIME_IN_HEADER;
		m->pending |= m->passing ? MIME_HEADER_LONG : 0;
	} else {
		mime_inline_broken(m);
		find_begun(m, m->line.data, m->line.len);
		content(m, m->line.data, m->line.len);
	}
	m->at_start = false;
	buf_clear(&m->line);
}

/* The start of a line, perhaps begun before; returns how much was used. */
static size_t
whole_line(struct mime *m, const char *bytes, size_t n)
{
	const char *eol = memchr(bytes, '\n', n);
	size_t use = eol != NULL ? (size_t)(eol + 1 - bytes) : n;
	size_t max = line_max(m);

	if (m->line.len == 0 && eol != NULL && use <= max) {
		body_line(m, bytes, use);
		return use;
	}
	if (use > max - m->line.len) {
		use = max - m->line.len;
		eol = NULL;
	}
	buf_put(&m->line, bytes, use);
	if (eol != NULL) {
		body_line(m, m->line.data, m->line.len);
		buf_clear(&m->line);
	} else if (m->line.len == max) {
		line_too_long(m);
	}
	return use;
}

/* Lines that need not be seen as a whole, up to one that must be. */
static size_t
many_lines(struct mime *m, const char *bytes, size_t n)
{
	const char *p = bytes, *end = bytes + n;

	if (m->nboundaries == 0 && !m->may_inline) {
		content(m, bytes, n);
		return n;
	}
	for (;;) {
		p = memchr(p, '\n', (size_t)(end - p));
		if (p == NULL) {
			m->at_start = false;
			p = end;
			break;
		}
		m->at_start = true;
		if (++p == end || is_interesting(m, p, (size_t)(end - p)))
			break;
	}
	content(m, bytes, (size_t)(p - bytes));
	return (size_t)(p - bytes);
}

/* The rest of a header line that is too long. */
static size_t
pass_over(struct mime *m, const char *bytes, size_t n)
{
	const char *eol = memchr(bytes, '\n', n);

	if (eol == NULL)
		return n;
	m->passing = false;
	m->at_start = true;
	return (size_t)(eol + 1 - bytes);
}

void
mime_body(struct mime *m, const char *bytes, size_t n)
{
	size_t used;

	while (n > 0 && m->state != MIME_GIVEN_UP) {
		if (m->passing)
			used = pass_over(m, bytes, n);
		else if (m->line.len > 0 ||
		    (m->at_start && is_interesting(m, bytes, n)))
			used = whole_line(m, bytes, n);
		else
			used = many_lines(m, bytes, n);
		bytes += used;
		n -= used;
	}
}

void
mime_end(struct mime *m)
{
	if (m->line.len > 0)
		body_line(m, m->line.data, m->line.len);
	buf_clear(&m->line);
	end_header(m);
	mime_put_eol(m);
	while (m->nlevels > 0)
		mime_part_end(m);
}
