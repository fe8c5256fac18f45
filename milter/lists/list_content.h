/*
 * list_content.h - one loaded file, and a search in it; for list.c
 *
 * Never changes once it is loaded. Any thread may search.
 */
#ifndef LISTS_LIST_CONTENT_H
#define LISTS_LIST_CONTENT_H

#include "lists/list.h"

struct list_format;

struct list_content {
	const struct list_format *format;	/* NULL: nothing is loaded */
	void *data;
	struct list_counts counts;
	unsigned kinds;		/* enum mailkey */
};

/* False with every mistake in `d`; `c` is as it was then. */
bool list_content_load(struct list_content *c,
    const struct list_format *format, const char *path, struct diags *d);
void list_content_free(struct list_content *c);

enum list_answer list_content_ip(const struct list_content *c,
    const struct ip *ip, struct list_hit *hit);
enum list_answer list_content_name(const struct list_content *c,
    const char *name, struct list_hit *hit);
enum list_answer list_content_mailbox(const struct list_content *c,
    const struct mailbox *m, struct list_hit *hit);

#endif
