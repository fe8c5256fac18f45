/*
 * digest_bytes.h - a digest as it lies in the database
 *
 * A number of the form, begin and hours, then each list by its key: names, how
 * often, an example. Lists that a reader does not know are passed over.
 */
#ifndef RECORDS_DIGEST_BYTES_H
#define RECORDS_DIGEST_BYTES_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct digest_gap;
struct gathering;

/* Of the time of g->r, whose bars are hours. */
void digest_bytes_put(struct buf *out, const struct gathering *g);

/*
 * Adds it; *of is its time. False: not in a form that we know, nothing was
 * added.
 */
bool digest_bytes_add(struct gathering *g, const void *bytes, size_t n,
    struct digest_gap *of);

#endif
