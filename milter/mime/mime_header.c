/* mime_header - the header fields of a part */

#include <string.h>
#include <strings.h>

#include "mime/mime_internal.h"

/* White space at its end is none of a line (RFC 2046 section 5.1.1). */
size_t
mime_trimmed(const char *line, size_t n)
{
	while (n > 0 && strchr(" \t\r\n", line[n - 1]) != NULL &&
	    line[n - 1] != '\0')
		n--;
	return n;
}

static enum mime_field
field_of(const char *name, size_t n)
{
	static const char *const names[FIELDS] = { "content-type",
		"content-transfer-encoding", "content-disposition" };
	size_t i;

	for (i = 0; i < FIELDS; i++)
		if (strlen(names[i]) == n &&
		    strncasecmp(names[i], name, n) == 0)
			return (enum mime_field)i;
	return FIELD_NONE;
}

/* A field begins; of two with one name the first is the one that counts. */
static void
field_begin(struct mime *m, const char *name, size_t n)
{
	m->field = field_of(name, n);
	if (m->field == FIELD_NONE)
		return;
	if (m->have[m->field]) {
		m->pending |= MIME_TWICE;
		m->field = FIELD_NONE;
		return;
	}
	m->have[m->field] = true;
}

static void
field_add(struct mime *m, const char *text, size_t n)
{
	if (m->header_bytes > MIME_HEADER_BYTES) {
		m->pending |= MIME_HEADER_LONG;
		return;
	}
	if (m->field == FIELD_NONE)
		return;
	if (memchr(text, '\0', n) != NULL)
		m->pending |= MIME_NUL;
	buf_put(&m->fields[m->field], text, n);
}

void
mime_header(struct mime *m, const char *name, const char *value)
{
	size_t n = strlen(value);

	if (n > MIME_HEADER_BYTES) {
		m->pending |= MIME_HEADER_LONG;
		n = MIME_HEADER_BYTES;
	}
	field_begin(m, name, strlen(name));
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
			return p > line && mime_trimmed(p, (size_t)(colon - p)) == 0;
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
		field_add(m, line, text);
	} else if (is_field(line, n)) {
		field_begin(m, line, colon == NULL ? 0 :
		    mime_trimmed(line, (size_t)(colon - line)));
		if (colon != NULL)
			field_add(m, colon + 1,
			    text - (size_t)(colon + 1 - line));
	} else {
		m->pending |= MIME_NO_BLANK;
		mime_part_begin(m);
		return false;
	}
	return true;
}
