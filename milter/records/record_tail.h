/*
 * record_tail.h - a record of late, looked up in the record file itself
 *
 * For the time until a store has it. The last 64 MB of the file are read, from
 * the end on, for at most 100 ms; rotated files are not.
 */
#ifndef RECORDS_RECORD_TAIL_H
#define RECORDS_RECORD_TAIL_H

#include <stdbool.h>

struct buf;

/* Appends the line with that id, without newline. NULL path: false. */
bool record_tail_find(const char *path, const char *id, struct buf *line);

#endif
