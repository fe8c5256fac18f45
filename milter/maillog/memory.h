/*
 * memory.h - what the lines before told of a message
 *
 * By queue id, or by another name for a connection. At most REMEMBERED_MOST
 * are kept; of those whose names fall together the oldest go.
 */
#ifndef MAILLOG_MEMORY_H
#define MAILLOG_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "maillog/slice.h"

#define REMEMBERED_MOST 65536

/* Owned by the table, any may be NULL. */
struct memory {
	char *id;
	char *client, *name, *sender;
	char *waits;		/* the text of a line that waits for others */
	int offence;		/* of a client: the reason, 0: none */
	uint32_t used;
};

struct remembered;

struct remembered *remembered_new(void);
void remembered_free(struct remembered *r);	/* NULL: nothing */

/* The one of that id; NULL: none. */
struct memory *remembered_find(struct remembered *r, struct slice id);

/* The same; made when there is none. */
struct memory *remembered_at(struct remembered *r, struct slice id);

/* Forgets one. NULL: nothing. */
void remembered_forget(struct memory *m);

/* Stores a copy of the text; none: nothing is changed. */
void remembered_set(char **slot, struct slice text);

/* Calls fn for each. */
void remembered_each(struct remembered *r,
    void (*fn)(void *arg, struct memory *m), void *arg);

#endif
