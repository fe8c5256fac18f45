/* mime_header - the header fields of a part */

#include <string.h>
#include <strings.h>

#include "mime/mime_internal.h"

static enum mime_field
field_of(const char *name, size_t n)
{
	static const char *const names[FIELDS] = { "content-type",
		"content-transfer-encoding", "content-disposition",
		"content-location", "content-description" };
	size_t i;

	for (i = 0; i < FIELDS; i++)
		if (strlen(names[i]) == n &&
		    strncasecmp(names[i], name, n) == 0)
			return (enum mime_field)i;
	return FIELDS;
}

static void
field_begin(struct mime *m, const char *name, size_t n)
{
	enum mime_field field = field_of(name, n);
	bool tells = field <= FIELD_DISPOSITION;

	m->field = NULL;
	if (field == FIELDS)
		return;
	if (tells && m->nfields[field] > 0)
		m->pending |= MIME_TWICE;
	if (m->nfields[field] == MIME_SAME)
		m->pending |= tells ? MIME_HEADER_LONG : 0;
	else
		m->field = &m->fields[field][m->nfields[field]++];
}

/* "Content-Type:" where a line begins within another field. */
static bool
is_hidden_field(const char *p, const char *end)
{
	static const char start[] = "content-";

	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r'))
		p++;
	return (size_t)(end - p) > sizeof start - 1 &&
	    strncasecmp(p, start, sizeof start - 1) == 0 &&
	    memchr(p, ':', (size_t)(end - p) > 40 ? 40 :
	    (size_t)(end - p)) != NULL;
}

/* `folded`: the text goes on a field. A CR without LF ends a line for some. */
static void
find_lines(struct mime *m, const char *text, size_t n, bool folded)
{
	const char *end = text + n, *p = text;

	if (folded && is_hidden_field(text, end))
		m->pending |= MIME_FIELD_HIDDEN;
	while ((p = memchr(p, '\r', (size_t)(end - p))) != NULL)
		if (++p < end && *p != '\n')
			m->pending |= MIME_BARE_CR;
	for (p = text; (p = memchr(p, '\n', (size_t)(end - p))) != NULL;)
		if (is_hidden_field(++p, end))
			m->pending |= MIME_FIELD_HIDDEN;
}

static void
field_add(struct mime *m, const char *text, size_t n)
{
	if (m->header_bytes > MIME_HEADER_BYTES) {
		m->pending |= MIME_HEADER_LONG;
		return;
	}
	if (m->field == NULL)
		return;
	if (memchr(text, '\0', n) != NULL)
		m->pending |= MIME_NUL;
	buf_put(m->field, text, n);
}

void
mime_header(struct mime *m, const char *name, const char *value)
{
	size_t n = strlen(value);

	field_begin(m, name, mime_trimmed(name, strlen(name)));
	find_lines(m, value, n, false);
	if (n > MIME_HEADER_BYTES) {
		m->pending |= m->field != NULL ? MIME_HEADER_LONG : 0;
		n = MIME_HEADER_BYTES;
	}
	field_add(m, value, n);
}

void
mime_headers_end(struct mime *m, bool cut)
{
	if (cut)
		m->pending |= MIME_HEADER_LONG;
	mime_part_begin(m);
}

/* RFC 5322 section 2.2, and the "From " of mailboxes. */
static bool
is_field(const char *line, size_t n)
{
	const char *colon = memchr(line, ':', n), *p;

	if (n >= 5 && memcmp(line, "From ", 5) == 0)
		return true;
	if (colon == NULL || colon == line)
		return false;
	for (p = line; p < colon; p++)
		if (*p <= ' ' || *p == 127)
			return p > line &&
			    mime_trimmed(p, (size_t)(colon - p)) == 0;
	return true;
}

static size_t
without_eol(const char *line, size_t n)
{
	while (n > 0 && (line[n - 1] == '\r' || line[n - 1] == '\n'))
		n--;
	return n;
}

/* A line that is neither a field nor more of one ends the header, and is the
   first of the body. */
bool
mime_header_line(struct mime *m, const char *line, size_t n)
{
	const char *colon = memchr(line, ':', n);
	size_t text = without_eol(line, n);

	if (text == 0) {
		mime_part_begin(m);
		return true;
	}
	m->header_bytes += n;
	if (line[0] == ' ' || line[0] == '\t') {
		find_lines(m, line, text, true);
		field_add(m, line, text);
	} else if (is_field(line, n)) {
		field_begin(m, line, colon == NULL ? 0 :
		    mime_trimmed(line, (size_t)(colon - line)));
		if (colon == NULL || colon >= line + text)
			return true;
		find_lines(m, colon + 1,
		    text - (size_t)(colon + 1 - line), false);
		field_add(m, colon + 1, text - (size_t)(colon + 1 - line));
	} else {
		m->pending |= MIME_NO_BLANK;
		mime_part_begin(m);
		return false;
	}
	return true;
}
