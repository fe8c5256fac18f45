/*
 * buf.h - text that grows
 *
 * A struct buf owns its bytes. `data` is never NULL and always ends in a NUL
 * that `len` does not count, so it can be read as a C string at any time;
 * bytes put into it may include NUL. Start with `struct buf b = BUF_INIT;`,
 * end with buf_free(), which leaves an empty, usable buf. Memory gone is not
 * reported: see mem.h. Not shared between threads.
 *
 * A low-level primitive: nothing here knows mail, JSON or replies.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct buf {
	char *data;
	size_t len;
	size_t cap;	/* bytes allocated, 0 while data is the shared "" */
};

extern char buf_empty[1];

#define BUF_INIT { .data = buf_empty, .len = 0, .cap = 0 }

/* Frees the memory; the buf is empty and usable again. */
void buf_free(struct buf *b);

/* Forgets the text, keeps the memory. */
void buf_clear(struct buf *b);

/* Cuts the text to `len` bytes; longer than it is: no change. */
void buf_cut(struct buf *b, size_t len);

/* Appends n bytes, a C string (NULL: nothing), one byte, formatted text. */
void buf_put(struct buf *b, const void *bytes, size_t n);
void buf_puts(struct buf *b, const char *text);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* Appends what f has, until there are `max` bytes. False: reading failed. */
bool buf_read(struct buf *b, FILE *f, size_t max);

/* Hands the text over: the caller frees it with free(); the buf is empty. */
char *buf_steal(struct buf *b);

#endif
