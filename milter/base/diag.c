/* diag - the operator's mistakes, all of them at once */

#include "base/diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"

/* No option or reason has a longer name; longer words have no neighbour. */
#define WORD_MAX 64

/* The text may hold what acts on a terminal: shown as \xHH. */
static char *
visible(const char *text)
{
	struct buf b = BUF_INIT;
	size_t left = strlen(text), shown;

	for (; left > 0; text += shown, left -= shown) {
		shown = utf8_shown(text, left);
		buf_put(&b, text, shown);
		if (shown == 0) {
			buf_printf(&b, "\\x%02X", (unsigned char)*text);
			shown = 1;
		}
	}
	return buf_steal(&b);
}

static void
add(struct diags *d, bool warning, const char *file, int line,
    const char *fmt, va_list ap)
{
	struct buf text = BUF_INIT;

	buf_vprintf(&text, fmt, ap);
	d->v = mem_room(d->v, d->n, &d->cap, sizeof *d->v);
	d->v[d->n++] = (struct diag){
		.file = mem_dup(file), .line = line, .warning = warning,
		.text = visible(text.data),
	};
	if (!warning)
		d->errors++;
	buf_free(&text);
}

void
diags_error(struct diags *d, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, false, file, line, fmt, ap);
	va_end(ap);
}

void
diags_warn(struct diags *d, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, true, file, line, fmt, ap);
	va_end(ap);
}

/* By file, then line, then in the order in which they were found. */
static int
by_place(const void *left, const void *right)
{
	const struct diag *a = *(const struct diag *const *)left;
	const struct diag *b = *(const struct diag *const *)right;
	int order = strcmp(a->file != NULL ? a->file : "",
	    b->file != NULL ? b->file : "");

	if (order != 0)
		return order;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* Pointers to all of them in order of place, freed with free(). */
static const struct diag **
sorted(const struct diags *d)
{
	const struct diag **v = mem_array(d->n, sizeof *v);
	size_t i;

	for (i = 0; i < d->n; i++)
		v[i] = &d->v[i];
	qsort(v, d->n, sizeof *v, by_place);
	return v;
}

static void
put_place(struct buf *b, const struct diag *diag)
{
	if (diag->file == NULL)
		return;
	buf_puts(b, diag->file);
	if (diag->line > 0)
		buf_printf(b, ":%d", diag->line);
	buf_puts(b, ": ");
}

void
diags_print(const struct diags *d, FILE *out)
{
	const struct diag **v = sorted(d);
	struct buf place = BUF_INIT;
	size_t i;

	for (i = 0; i < d->n; i++) {
		buf_clear(&place);
		put_place(&place, v[i]);
		fprintf(out, "%s%s: %s\n", place.data,
		    v[i]->warning ? "warning" : "error", v[i]->text);
	}
	buf_free(&place);
	free(v);
}

void
diags_log(const struct diags *d)
{
	const struct diag **v = sorted(d);
	struct buf place = BUF_INIT;
	size_t i;

	for (i = 0; i < d->n; i++) {
		buf_clear(&place);
		put_place(&place, v[i]);
		if (v[i]->warning)
			log_warn("%s%s", place.data, v[i]->text);
		else
			log_error("%s%s", place.data, v[i]->text);
	}
	buf_free(&place);
	free(v);
}

void
diags_free(struct diags *d)
{
	size_t i;

	for (i = 0; i < d->n; i++) {
		free(d->v[i].file);
		free(d->v[i].text);
	}
	free(d->v);
	*d = (struct diags)DIAGS_INIT;
}

/* max_rcpt, Max-Rcpt and max-rcpt are one word to somebody who guesses. */
static char
fold(char c)
{
	if (c == '_')
		return '-';
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/*
 * Letters to insert, delete, replace or swap with their neighbour to get
 * from a to b (optimal string alignment). Both at most WORD_MAX bytes.
 */
static unsigned
distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned rows[3][WORD_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2], *spare;
	size_t i, j;

	for (j = 0; j <= nb; j++)
		last[j] = (unsigned)j;
	for (i = 1; i <= na; i++) {
		now[0] = (unsigned)i;
		for (j = 1; j <= nb; j++) {
			char x = fold(a[i - 1]), y = fold(b[j - 1]);

			now[j] = least(last[j - 1] + (x != y),
			    least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && x == fold(b[j - 2]) &&
			    y == fold(a[i - 2]))
				now[j] = least(now[j], before[j - 2] + 1);
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[nb];
}

const char *
diag_nearest(const char *word, const char *const *words)
{
	size_t n = strlen(word), m, longer;
	unsigned best = WORD_MAX, d;
	const char *nearest = NULL;

	if (n > WORD_MAX)
		return NULL;
	for (; *words != NULL; words++) {
		m = strlen(*words);
		if (m > WORD_MAX)
			continue;
		longer = m > n ? m : n;
		d = distance(word, n, *words, m);
		if (d < best && d * 3 <= longer) {
			best = d;
			nearest = *words;
		}
	}
	return nearest;
}
