/*
 * tally.h - how often each name comes
 *
 * A table of names (any bytes) and counts, for lists that show the most
 * frequent. Names may be chosen by strangers: the hash has a secret. It owns
 * copies of the names.
 */
#ifndef RECORDS_TALLY_H
#define RECORDS_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define TALLY_EXAMPLE 16	/* bytes of an example's id, with NUL */

struct tally_row {
	uint64_t hash;
	size_t at;		/* of the name, in names */
	uint32_t n;		/* bytes of the name */
	int64_t count;
	char example[TALLY_EXAMPLE];	/* the greatest id, or "" */
};

struct tally {
	struct tally_row *v;
	size_t n, cap;
	uint64_t *slots;	/* half of a hash and index + 1, or 0 */
	size_t nslots;
	struct buf names;
	uint64_t secret[2];
};

void tally_init(struct tally *t);
void tally_free(struct tally *t);

/* So often more; the index of its row. Example NULL: none. */
size_t tally_add(struct tally *t, const void *name, size_t n, int64_t count,
    const char *example);

struct tally_item {
	const void *name;
	size_t n;
	int64_t count;
	char example[TALLY_EXAMPLE];
};

/*
 * The same for each of several, TALLY_ITEMS at most. A large table lies in no
 * cache: what is looked up for all of them is on its way at once.
 */
#define TALLY_ITEMS 32
void tally_add_all(struct tally *t, const struct tally_item *items, size_t n);

/* Names for a large table, until there are enough to look them up at once. */
struct tally_batch {
	struct tally *t;
	struct tally_item items[TALLY_ITEMS];
	size_t at[TALLY_ITEMS];		/* of their names */
	size_t n;
	struct buf names;
};

void tally_batch_begin(struct tally_batch *b, struct tally *t);
/* As tally_add(), by and by. */
void tally_batch_add(struct tally_batch *b, const void *name, size_t n,
    int64_t count, const char *example);
/* What is left is added, the memory is freed. */
void tally_batch_end(struct tally_batch *b);

/*
 * A name that is made of several texts, NULL or none among them: each is put
 * behind the others, and taken in its turn; it is the name's own.
 */
void tally_put_text(struct buf *name, const char *text);
const char *tally_take_text(const char **at);

/*
 * The `first` most frequent to the front, alike ones by name; the others come
 * after in no order. Indexes do not hold after.
 */
void tally_sort(struct tally *t, size_t first);

#endif
