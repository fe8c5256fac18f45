/*
 * memory.h - what earlier lines said of a message
 *
 * By queue id, or by another name for a connection. At most LOG_MEMORY_MAX
 * are kept; of those whose names fall together the oldest go.
 */
#ifndef MAILLOG_MEMORY_H
#define MAILLOG_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "maillog/slice.h"

#define LOG_MEMORY_MAX 65536

/* Owned by the table, any may be NULL. */
struct log_memory_entry {
	char *id;
	char *client, *name, *sender, *login;
	char *waits;		/* lines that wait for others, "\n" between */
	int offence;		/* of a client: the reason, 0: none */
	char *offended;		/* … and the line that said so, until another
				   tells what came of it */
	uint32_t used;
};

struct log_memory;

struct log_memory *log_memory_new(void);
void log_memory_free(struct log_memory *r);	/* NULL: nothing */

/* The one of that id; NULL: none. */
struct log_memory_entry *log_memory_find(struct log_memory *r, struct slice id);

/* The same; made when there is none. */
struct log_memory_entry *log_memory_at(struct log_memory *r, struct slice id);

/* Forgets one. NULL: nothing. */
void log_memory_forget(struct log_memory_entry *m);

/* Stores a copy of the text; none: nothing is changed. */
void log_memory_set(char **slot, struct slice text);

/* Appends a line to what the slot has, within bounds. */
void log_memory_add(char **slot, struct slice line);

/* Calls fn for each. */
void log_memory_each(struct log_memory *r,
    void (*fn)(void *arg, struct log_memory_entry *m), void *arg);

#endif
