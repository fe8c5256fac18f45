/* settings - what a configuration sets, as text in one form */

#include "config/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/mem.h"
#include "base/option.h"
#include "base/option_value.h"

/* Where the password of a URL begins and ends (RFC 3986 3.2.1), or NULL. */
static const char *
find_password(const char *value, const char **end)
{
	const char *at = strstr(value, "://"), *colon;

	if (at == NULL)
		return NULL;
	at += 3;
	*end = at + strcspn(at, "/?#");
	while (*end > at && **end != '@')
		(*end)--;
	colon = memchr(at, ':', (size_t)(*end - at));
	return colon != NULL ? colon + 1 : NULL;
}

/* In quotes, as the file wants it; a password is not shown. */
static void
put_text(struct buf *out, const char *value)
{
	const char *end = NULL, *password = find_password(value, &end);

	buf_putc(out, '"');
	for (; *value != '\0'; value++) {
		if (value == password) {
			buf_puts(out, "***");
			value = end;
		}
		if (*value == '"' || *value == '\\' || *value == '$')
			buf_putc(out, '\\');
		if (*value == '\n')
			buf_puts(out, "\\n");
		else
			buf_putc(out, *value);
	}
	buf_putc(out, '"');
}

static void
put_value(struct buf *out, const struct option *row,
    const char *const *values, size_t n)
{
	size_t i;

	if (row->type != OPTION_LIST) {
		if (n == 0 || !option_put_plain(row, values[0], out))
			put_text(out, n > 0 ? values[0] : "");
		return;
	}
	buf_putc(out, '{');
	for (i = 0; i < n; i++) {
		buf_puts(out, i > 0 ? ", " : "");
		put_text(out, values[i]);
	}
	buf_putc(out, '}');
}

/* The default in the same form; nothing appended: there is none. */
static void
put_default(struct buf *out, const struct option *row)
{
	const char *at = row->default_value;
	const char **values = NULL;
	char *value;
	size_t n = 0, cap = 0;

	if (at == NULL)
		return;
	if (row->type != OPTION_LIST) {
		put_value(out, row, &at, 1);
		return;
	}
	while ((value = option_next_default(&at)) != NULL) {
		values = mem_room(values, n, &cap, sizeof *values);
		values[n++] = value;
	}
	put_value(out, row, values, n);
	while (n > 0)
		free((char *)values[--n]);
	free(values);
}

static void
add(struct settings *s, const char *path, char *value, bool here)
{
	s->v = mem_room(s->v, s->n, &s->cap, sizeof *s->v);
	s->v[s->n] = (struct setting){ .path = mem_dup(path), .value = value,
		.here = here, .turn = s->n };
	s->n++;
}

void
settings_add(struct settings *s, const char *path, const struct option *row,
    const char *const *values, size_t n, bool here)
{
	struct buf value = BUF_INIT, unset = BUF_INIT;

	put_value(&value, row, values, n);
	put_default(&unset, row);
	if (strcmp(value.data, unset.data) == 0) {
		buf_free(&value);
	} else if (row->secret) {
		buf_free(&value);
		add(s, path, mem_dup("(set)"), here);
	} else {
		add(s, path, buf_steal(&value), here || row->here);
	}
	buf_free(&unset);
}

void
settings_add_block(struct settings *s, const char *path, bool here)
{
	add(s, path, NULL, here);
}

/* By name up to the first title, then as they were read. */
static int
in_order(const void *a, const void *b)
{
	const struct setting *x = a, *y = b;
	size_t nx = strcspn(x->path, "\""), ny = strcspn(y->path, "\"");
	int order = strncmp(x->path, y->path, nx < ny ? nx : ny);

	if (order != 0)
		return order;
	if (nx != ny)
		return nx < ny ? -1 : 1;
	return (x->turn > y->turn) - (x->turn < y->turn);
}

void
settings_sort(struct settings *s)
{
	if (s->n > 0)
		qsort(s->v, s->n, sizeof *s->v, in_order);
}

void
setting_put(const struct setting *one, struct buf *out)
{
	buf_puts(out, one->path);
	if (one->value != NULL)
		buf_printf(out, " = %s", one->value);
	buf_putc(out, '\n');
}

void
settings_fingerprint(const struct settings *s, char text[SETTINGS_FINGERPRINT])
{
	struct sha256 *h = sha256_new();
	unsigned char digest[SHA256_BYTES];
	struct buf line = BUF_INIT;
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (s->v[i].here)
			continue;
		buf_clear(&line);
		setting_put(&s->v[i], &line);
		sha256_put(h, line.data, line.len);
	}
	sha256_end(h, digest);
	sha256_free(h);
	for (i = 0; i < SETTINGS_FINGERPRINT / 2; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	buf_free(&line);
}

void
settings_free(struct settings *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		free(s->v[i].path);
		free(s->v[i].value);
	}
	free(s->v);
	*s = (struct settings){ .v = NULL };
}
