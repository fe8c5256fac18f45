/*
 * bounce_text.h - bounces without a machine part: the words of qmail, Exim and
 * Exchange, and of programs that write like them
 */
#ifndef MAILLOG_BOUNCE_TEXT_H
#define MAILLOG_BOUNCE_TEXT_H

#include "maillog/bounce.h"

struct buf;

/* Does it begin as such a bounce begins, without its header? */
bool bounce_text_begins(const char *text, size_t n);

/* Appends the text up to the message that came back, quoted-printable undone. */
void bounce_text_own(const char *text, size_t n, struct buf *out);

/* Calls `each` for what is found, returns how often. */
size_t bounce_text_read(const char *text, size_t n, bounce_fn *each,
    void *arg);

#endif
