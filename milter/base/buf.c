/* buf - text that grows */

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

/* Never written to: a buf with cap 0 may be read by any thread. */
char buf_empty[1] = "";

/* The first allocation: most texts here are names and addresses. */
#define FIRST_CAP 64

static void
grow(struct buf *b, size_t n)
{
	size_t cap = b->cap != 0 ? b->cap : FIRST_CAP;

	if (n > (size_t)-1 / 4 - b->len)
		BUG("a text of unreasonable size");
	while (cap - b->len <= n)
		cap *= 2;
	b->data = mem_resize(b->cap != 0 ? b->data : NULL, cap, 1);
	b->cap = cap;
	b->data[b->len] = '\0';
}

/* Room for n more bytes and the NUL; nearly always it is there. */
static inline void
reserve(struct buf *b, size_t n)
{
	if (b->cap - b->len <= n)
		grow(b, n);
}

void
buf_free(struct buf *b)
{
	if (b->cap != 0)
		free(b->data);
	*b = (struct buf)BUF_INIT;
}

void
buf_clear(struct buf *b)
{
	buf_cut(b, 0);
}

void
buf_cut(struct buf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->data[len] = '\0';
}

void
buf_put(struct buf *b, const void *bytes, size_t n)
{
	if (n == 0)
		return;
	reserve(b, n);
	memcpy(b->data + b->len, bytes, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void
buf_puts(struct buf *b, const char *text)
{
	if (text != NULL)
		buf_put(b, text, strlen(text));
}

void
buf_putc(struct buf *b, char c)
{
	reserve(b, 1);
	b->data[b->len++] = c;
	b->data[b->len] = '\0';
}

void
buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	reserve(b, FIRST_CAP - 1);
	va_copy(again, ap);
	n = vsnprintf(b->data + b->len, b->cap - b->len, fmt, again);
	va_end(again);
	if (n < 0)
		BUG("a format that cannot be printed");
	if ((size_t)n >= b->cap - b->len) {
		reserve(b, (size_t)n);
		vsnprintf(b->data + b->len, b->cap - b->len, fmt, ap);
	}
	b->len += (size_t)n;
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

bool
buf_read(struct buf *b, FILE *f, size_t max)
{
	char bytes[65536];
	size_t n = 1, left;

	while (n > 0 && b->len < max) {
		left = max - b->len;
		n = fread(bytes, 1, left < sizeof bytes ? left : sizeof bytes,
		    f);
		buf_put(b, bytes, n);
	}
	return ferror(f) == 0;
}

char *
buf_steal(struct buf *b)
{
	char *text = b->cap != 0 ? b->data : mem_dup("");

	*b = (struct buf)BUF_INIT;
	return text;
}
