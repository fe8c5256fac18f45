/*
 * list_names.h - a million names: one hash table over one text
 *
 * Keys are those of model/mailkey.h, in lower case already. Keys and comments
 * lie in one text, each behind the other, and equal comments in a row are kept
 * once; a slot is eight bytes. Built by one thread, then read by any number.
 */
#ifndef LISTS_LIST_NAMES_H
#define LISTS_LIST_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* A query of a reply map: a reply that is about to leave. */
#define LIST_TEXT_MAX ((size_t)1 << 30)

struct list_names {
	struct buf text;
	uint64_t secret[2];	/* of the hash */
	struct list_slot *slots;
	size_t n, size;		/* of slots: a power of two, or 0 */
	uint32_t comment;	/* the last one */
	size_t ncomment;
};

#define LIST_NAMES_INIT { .text = BUF_INIT }

/*
 * Where n bytes of comment stand, 0 for none; for networks, too, which have
 * their comments here. list_names_comment() gives it back, "" for none.
 */
uint32_t list_names_keep(struct list_names *names, const char *comment,
    size_t n);
const char *list_names_comment(const struct list_names *names,
    uint32_t comment);

/* Has the text grown too long for one more? */
bool list_names_full(const struct list_names *names);

/* Keys hold no NUL. Of equal ones the one added first stands; false for the others. */
bool list_names_add(struct list_names *names, const char *key, size_t n,
    uint32_t comment);

/* Is the key there? Then its comment. */
bool list_names_find(const struct list_names *names, const char *key,
    size_t n, uint32_t *comment);

/* After the last one: gives back what is not used. */
void list_names_seal(struct list_names *names);
void list_names_free(struct list_names *names);

#endif
