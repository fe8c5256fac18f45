/*
 * counter_table.h - the counters of this host: one table of fixed size
 *
 * A key lives in one of two sets of eight slots; when both are full the one
 * that has been quiet longest goes, but for what is kept for years (a login
 * that was closed), which goes last. So there is no pause for cleaning up, and
 * no more memory than configured: 104 bytes a slot. The table may be a file
 * that is mapped, which outlives the process; the kernel writes it back.
 *
 * Any thread, but for open and close.
 */
#ifndef COUNTERS_COUNTER_TABLE_H
#define COUNTERS_COUNTER_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "counters/counters.h"

struct buf;
struct counter_table;

/*
 * `bytes` of memory, or of the file `path` (NULL: none). What a file of another
 * size holds is carried over; one of another version or byte order is begun
 * anew. A successor shares the file of its predecessor (handover.h), whatever
 * its size. NULL, words in errmsg: it cannot be made, or another process has
 * it.
 */
struct counter_table *counter_table_open(const char *path, int64_t bytes,
    struct buf *errmsg);
void counter_table_close(struct counter_table *t);	/* NULL: nothing */

/* One question at `now` (ms since 1970). */
void counter_table_ask(struct counter_table *t,
    const struct counter_question *q, int64_t now, struct counter_answer *a);

uint64_t counter_table_size(const struct counter_table *t);
uint64_t counter_table_keys(const struct counter_table *t);
uint64_t counter_table_evicted(const struct counter_table *t);

#endif
