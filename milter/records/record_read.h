/*
 * record_read.h - a record, read back from its JSON line
 *
 * Values are found by path, "client.address", as doc/record.schema.json names
 * them, and live as long as their parsed record. Any bytes may be read; what is
 * no JSON object with an id and a time is no record. Never shared between
 * threads.
 */
#ifndef RECORDS_RECORD_READ_H
#define RECORDS_RECORD_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct parsed_record;

/* NULL: no record. */
struct parsed_record *record_read(const char *line, size_t n);
void parsed_free(struct parsed_record *t);		/* NULL: nothing */

/* The text at the path, or NULL: absent, or no text. */
const char *parsed_text(const struct parsed_record *t, const char *path);

/* The whole number at the path, or `otherwise`. */
long long parsed_int(const struct parsed_record *t, const char *path,
    long long otherwise);

/* How many items the array at the path has, and the text of one (or NULL). */
size_t parsed_count(const struct parsed_record *t, const char *path);
const char *parsed_item(const struct parsed_record *t, const char *path,
    size_t i);

/* Calls fn for each text of the object at the path. */
void parsed_each(const struct parsed_record *t, const char *path,
    void (*fn)(void *arg, const char *key, const char *value), void *arg);

/* The member `key` of item i of an array of objects, or NULL. */
const char *parsed_member(const struct parsed_record *t, const char *path,
    size_t i, const char *key);

/* Was it refused at that host, by its name? NULL: whichever. */
bool parsed_is_of(const struct parsed_record *t, const char *host);

/* By its outcome: outcome_is_final(). */
bool parsed_is_final(const struct parsed_record *t);

/* `time` in ms since 1970. */
int64_t parsed_time(const struct parsed_record *t);

/* "2026-01-02T03:04:05.678Z" and shorter forms of it in ms, -1: none. */
int64_t record_parse_time(const char *text);

#endif
