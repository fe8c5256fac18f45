/*
 * maillog_internal.h - what the files of maillog.h share
 */
#ifndef MAILLOG_MAILLOG_INTERNAL_H
#define MAILLOG_MAILLOG_INTERNAL_H

#include "maillog/maillog.h"

struct log_memory;
struct log_memory_entry;

/* What `g` remembers of earlier lines. */
struct log_memory *maillog_memory(struct maillog *g);

/* Passes an event to the listener of `g`. */
void maillog_emit(struct maillog *g, const struct log_event *h);

/* True when the line is of that MTA's form. */
void maillog_postfix(struct maillog *g, const struct logline *l,
    struct slice program);
bool maillog_sendmail(struct maillog *g, const struct logline *l);

/* The log ends: what waits for further lines is emitted as it is. */
void maillog_sendmail_end(struct maillog *g, struct log_memory_entry *m);

#endif
