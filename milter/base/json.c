/* json - writing JSON (RFC 8259) */

#include "base/json.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

/* What stands for bytes that are no UTF-8: U+FFFD. */
static const char replacement[] = "\xef\xbf\xbd";

static void
before_value(struct json *j)
{
	if (j->comma)
		buf_putc(j->out, ',');
	j->comma = true;
}

static void
begin(struct json *j, char bracket)
{
	before_value(j);
	buf_putc(j->out, bracket);
	j->comma = false;
}

static void
end(struct json *j, char bracket)
{
	buf_putc(j->out, bracket);
	j->comma = true;
}

void
json_object(struct json *j)
{
	begin(j, '{');
}

void
json_object_end(struct json *j)
{
	end(j, '}');
}

void
json_array(struct json *j)
{
	begin(j, '[');
}

void
json_array_end(struct json *j)
{
	end(j, ']');
}

/* Bytes that are looked at together; the compiler makes vectors of them. */
#define BLOCK 16

static bool
is_special(char c)
{
	return ((unsigned char)(c - ' ') >= 0x7f - ' ') | (c == '"') |
	    (c == '\\');
}

/* Bytes that need no escape: printable ASCII but quote and backslash. */
static size_t
plain_span(const char *text, size_t n)
{
	size_t at = 0, i;
	unsigned char special = 0;

	while (n - at >= BLOCK) {
		for (i = at; i < at + BLOCK; i++)
			special |= (unsigned char)is_special(text[i]);
		if (special != 0)
			break;
		at += BLOCK;
	}
	while (at < n && !is_special(text[at]))
		at++;
	return at;
}

/* Writes one character that plain_span() left; returns its bytes. */
static size_t
put_special(struct buf *out, const char *text, size_t n)
{
	uint32_t c;
	size_t length = utf8_decode(text, n, &c);

	if (length == 0) {
		buf_put(out, replacement, sizeof replacement - 1);
		return 1;
	}
	if (c == '"' || c == '\\')
		buf_printf(out, "\\%c", (int)c);
	else if (c == '\n')
		buf_puts(out, "\\n");
	else if (c == '\r')
		buf_puts(out, "\\r");
	else if (c == '\t')
		buf_puts(out, "\\t");
	else if (utf8_is_hidden(c))
		buf_printf(out, "\\u%04x", (unsigned)c);
	else
		buf_put(out, text, length);
	return length;
}

static void
put_text(struct buf *out, const char *text, size_t n)
{
	size_t at = 0, span;

	buf_putc(out, '"');
	while (at < n) {
		span = plain_span(text + at, n - at);
		buf_put(out, text + at, span);
		at += span;
		if (at < n)
			at += put_special(out, text + at, n - at);
	}
	buf_putc(out, '"');
}

void
json_key(struct json *j, const char *key)
{
	before_value(j);
	put_text(j->out, key, strlen(key));
	buf_putc(j->out, ':');
	j->comma = false;
}

void
json_string_n(struct json *j, const char *text, size_t n)
{
	if (text == NULL) {
		json_null(j);
		return;
	}
	before_value(j);
	put_text(j->out, text, n);
}

void
json_string(struct json *j, const char *text)
{
	json_string_n(j, text, text != NULL ? strlen(text) : 0);
}

void
json_int(struct json *j, long long value)
{
	before_value(j);
	buf_printf(j->out, "%lld", value);
}

/* The shorter form where it says the same number. */
void
json_double(struct json *j, double value)
{
	char text[40];

	if (!isfinite(value)) {
		json_null(j);
		return;
	}
	snprintf(text, sizeof text, "%.15g", value);
	if (strtod(text, NULL) != value)
		snprintf(text, sizeof text, "%.17g", value);
	before_value(j);
	buf_puts(j->out, text);
}

void
json_bool(struct json *j, bool value)
{
	before_value(j);
	buf_puts(j->out, value ? "true" : "false");
}

void
json_null(struct json *j)
{
	before_value(j);
	buf_puts(j->out, "null");
}

void
json_member(struct json *j, const char *key, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	json_key(j, key);
	json_string(j, text);
}
