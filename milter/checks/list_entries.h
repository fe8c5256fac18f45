/*
 * list_entries.h - entries of a list that stand in the configuration itself
 *
 * Each as a line of a text list: "192.0.2.7 # Go away". They are few: each is
 * looked at. Read by many threads once they are built.
 */
#ifndef CHECKS_LIST_ENTRIES_H
#define CHECKS_LIST_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct ip;
struct list_entry;
struct list_hit;
struct mailbox;

struct list_entries {
	struct list_entry *v;
	size_t n, cap;
};

/* parse and free of option.h for a slot that is a struct list_entries. */
bool list_entries_parse(void *base, void *slot, const char *value,
    struct buf *errmsg);
void list_entries_free(void *slot);

/* The first that matches goes to `hit`, which must be empty. False: none. */
bool list_entries_find_ip(const struct list_entries *e, const struct ip *ip,
    struct list_hit *hit);
/* NULL: false. */
bool list_entries_find_name(const struct list_entries *e, const char *name,
    struct list_hit *hit);
bool list_entries_find_mailbox(const struct list_entries *e,
    const struct mailbox *m, struct list_hit *hit);

#endif
