/*
 * forget_line.h - removes a person from one record
 */
#ifndef RECORDS_FORGET_LINE_H
#define RECORDS_FORGET_LINE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct forget;

/*
 * Appends the line without that person (address or login; ASCII letters
 * compared without case). True when the person was in it.
 */
bool forget_in_line(struct buf *out, const char *line, size_t n,
    const char *person);

/*
 * The same for a line of a file or of a store, which is let alone where it is
 * the record of another host. One that is no record counts as of any.
 */
bool forget_in_record(struct buf *out, const char *line, size_t n,
    const struct forget *what);

/* Appends the person as a line holds it: JSON text, without the quotes. */
void forget_put_as_json(struct buf *out, const char *person);

#endif
