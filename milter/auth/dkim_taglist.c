/* dkim_taglist - "name=value; name=value" (RFC 6376 section 3.2) */

#include "auth/dkim_taglist.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define DIGITS_MAX 18

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
trim(const char **text, size_t *n)
{
	while (*n > 0 && is_blank(**text)) {
		++*text;
		--*n;
	}
	while (*n > 0 && is_blank((*text)[*n - 1]))
		--*n;
}

/* ALPHA *ALNUMPUNC */
static bool
is_name(const char *text, size_t n)
{
	size_t i;

	if (n == 0 || !isalpha((unsigned char)*text))
		return false;
	for (i = 1; i < n; i++)
		if (!isalnum((unsigned char)text[i]) && text[i] != '_')
			return false;
	return true;
}

/* VALCHAR, blanks, and UTF-8 (RFC 8616) */
static bool
is_value(const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (((unsigned char)text[i] < ' ' && !is_blank(text[i])) ||
		    text[i] == 0x7f)
			return false;
	return true;
}

static const struct dkim_tag *
find(const struct dkim_taglist *list, const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (list->v[i].name_len == n &&
		    memcmp(list->v[i].name, name, n) == 0)
			return &list->v[i];
	return NULL;
}

/* One tag-spec. */
static const char *
parse_tag(struct dkim_taglist *list, const char *text, size_t n)
{
	const char *equals = memchr(text, '=', n);
	struct dkim_tag tag = { .name = text };

	if (equals == NULL)
		return "a tag without =";
	tag.name_len = (size_t)(equals - text);
	tag.value = equals + 1;
	tag.len = n - tag.name_len - 1;
	trim(&tag.name, &tag.name_len);
	trim(&tag.value, &tag.len);
	if (!is_name(tag.name, tag.name_len))
		return "a tag with no proper name";
	if (!is_value(tag.value, tag.len))
		return "control characters in a tag";
	if (find(list, tag.name, tag.name_len) != NULL)
		return "a tag stands there twice";
	if (list->n == DKIM_TAGS_MAX)
		return "too many tags";
	list->v[list->n++] = tag;
	return NULL;
}

const char *
dkim_taglist_parse(struct dkim_taglist *list, const char *text, size_t n)
{
	const char *end, *errmsg = NULL;
	size_t spec;

	list->n = 0;
	trim(&text, &n);
	if (n == 0)
		return "no tags";
	while (n > 0 && errmsg == NULL) {
		end = memchr(text, ';', n);
		spec = end != NULL ? (size_t)(end - text) : n;
		errmsg = parse_tag(list, text, spec);
		spec += end != NULL;
		text += spec;
		n -= spec;
	}
	return errmsg;
}

const struct dkim_tag *
dkim_taglist_find(const struct dkim_taglist *list, const char *name)
{
	return find(list, name, strlen(name));
}

bool
dkim_tag_has_blank(const struct dkim_tag *tag)
{
	size_t i;

	for (i = 0; i < tag->len && !is_blank(tag->value[i]); i++)
		;
	return i < tag->len;
}

char *
dkim_tag_copy(const struct dkim_tag *tag)
{
	size_t i, n = 0;
	char *copy;

	if (tag == NULL)
		return NULL;
	copy = mem_alloc(tag->len + 1);
	for (i = 0; i < tag->len; i++)
		if (!is_blank(tag->value[i]))
			copy[n++] = tag->value[i];
	return copy;
}

bool
dkim_tag_word(const struct dkim_tag *tag, size_t *at, const char **word,
    size_t *n)
{
	const char *colon;

	if (*at > tag->len)
		return false;
	*word = tag->value + *at;
	*n = tag->len - *at;
	colon = memchr(*word, ':', *n);
	if (colon != NULL)
		*n = (size_t)(colon - *word);
	*at += *n + 1;
	trim(word, n);
	return true;
}

bool
dkim_tag_has_word(const struct dkim_tag *tag, const char *word)
{
	size_t at = 0, n, len = strlen(word);
	const char *have;

	while (dkim_tag_word(tag, &at, &have, &n))
		if (n == len && strncasecmp(have, word, n) == 0)
			return true;
	return false;
}

bool
dkim_tag_number(const struct dkim_tag *tag, long long *number)
{
	size_t i;

	*number = 0;
	if (tag->len == 0 || tag->len > DIGITS_MAX)
		return false;
	for (i = 0; i < tag->len; i++) {
		if (!isdigit((unsigned char)tag->value[i]))
			return false;
		*number = *number * 10 + (tag->value[i] - '0');
	}
	return true;
}

/* The six bits of a digit, or -1. */
static int
digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* What may follow the last digit: padding that fits, and blanks. */
static bool
is_padding(const char *text, size_t n, size_t digits)
{
	size_t i, pads = 0;

	for (i = 0; i < n; i++)
		if (text[i] == '=')
			pads++;
		else if (!is_blank(text[i]))
			return false;
	return digits % 4 != 1 && (pads == 0 || (digits + pads) % 4 == 0) &&
	    pads <= 2;
}

unsigned char *
dkim_tag_base64(const struct dkim_tag *tag, size_t *n)
{
	unsigned char *bytes = mem_alloc(tag->len * 3 / 4 + 1);
	size_t i, digits = 0, put = 0;
	unsigned bits = 0;
	int digit;

	for (i = 0; i < tag->len; i++) {
		digit = digit_of(tag->value[i]);
		if (digit < 0 && is_blank(tag->value[i]))
			continue;
		if (digit < 0)
			break;
		bits = (bits << 6 | (unsigned)digit) & 0xffffff;
		if (++digits % 4 != 1)
			bytes[put++] = (unsigned char)(bits >>
			    (6 - 2 * ((digits - 1) % 4)));
	}
	*n = put;
	if (is_padding(tag->value + i, tag->len - i, digits))
		return bytes;
	free(bytes);
	return NULL;
}
