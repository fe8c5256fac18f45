/* escape - shows all of a text and lets none of it act as a command */

#include "base/escape.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"

void
escape_put(struct buf *out, const char *text, size_t n)
{
	struct buf b = BUF_INIT;
	struct json j = JSON_INIT(&b);
	size_t i;

	json_string_n(&j, text, n);
	for (i = 1; i + 1 < b.len; i++) {
		if (b.data[i] == '\\' && (b.data[i + 1] == '"' ||
		    b.data[i + 1] == '\\'))
			i++;
		buf_putc(out, b.data[i]);
	}
	buf_free(&b);
}

static const char *
entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void
escape_put_html(struct buf *out, const char *text, size_t n)
{
	struct buf b = BUF_INIT;
	size_t i;

	escape_put(&b, text, n);
	for (i = 0; i < b.len; i++) {
		if (entity(b.data[i]) != NULL)
			buf_puts(out, entity(b.data[i]));
		else
			buf_putc(out, b.data[i]);
	}
	buf_free(&b);
}

void
escape_nul(char *text, size_t n)
{
	char *end = text + n, *at = text;

	while (at < end && (at = memchr(at, '\0', (size_t)(end - at))) != NULL)
		*at++ = ' ';
}
