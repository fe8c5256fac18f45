/*
 * store.h - the database of records, for searches
 *
 * A file of SQLite, for the records of this host; or a PostgreSQL server
 * ("postgresql://…"), for those of many. The names of functions here are the
 * same for both; what is SQLite's alone says so.
 *
 * It is fed from the record file (feed.h), never by a session, so that a
 * record is there before the reply and the store may lag, fail and be built
 * anew. Every function that writes may be called by any process: what it does
 * is one transaction. A struct store belongs to one thread.
 *
 * The schema has a number; an older store is brought up to date when it is
 * opened to write. A newer one is refused; in PostgreSQL only when it says that
 * it does not suit us any more (store_server.h).
 */
#ifndef RECORDS_STORE_H
#define RECORDS_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct db;
struct store;
struct parsed_record;
struct record_position;

/* NULL with words in errmsg. To read it must be there already. */
struct store *store_open(const char *path, bool to_write, struct buf *errmsg);

/* The same to read; a server gets `ms` to connect, and for each answer. */
struct store *store_open_within(const char *path, int ms, struct buf *errmsg);

/* The same to write; *damaged: it failed because the file is damaged. */
struct store *store_open_or_damaged(const char *path, bool *damaged,
    struct buf *errmsg);

/* Is it in PostgreSQL? */
bool store_is_shared(const struct store *s);

/*
 * PostgreSQL, before store_begin(): whose positions are read and written
 * (shipment.h). Retention in ms. False with words in errmsg.
 */
bool store_ship_as(struct store *s, const char *shipper, int64_t retention,
    struct buf *errmsg);

/* Has some call failed because the file is spoiled? */
bool store_is_damaged(const struct store *s);

void store_close(struct store *s);	/* NULL: nothing */

/* For the SQL of search.c and report.c. */
struct db *store_db(struct store *s);

/* The caller is about to read most of it: a file is mapped into memory. */
void store_read_all(struct store *s);

/* Has it the index of words (store_words.h)? */
bool store_has_words(const struct store *s);

/*
 * Appends what narrows a statement to this sender and recipient, and the
 * words to bind to its one `?`; nothing without the index.
 */
void store_put_pair(const struct store *s, struct buf *sql, struct buf *words,
    const char *sender, const char *recipient);

/*
 * Begins a transaction, and tells up to where the record file is in the store.
 * False: failed, nothing begun.
 */
bool store_begin(struct store *s, struct record_position *position);

/*
 * Inside it: imports one record. One that is there already (by its id) changes
 * nothing. False: failed.
 */
bool store_put(struct store *s, const struct parsed_record *t, const char *line,
    size_t n);

/* Ends it with a new place. False: failed, and all of it undone. */
bool store_commit(struct store *s, const struct record_position *position);
void store_undo(struct store *s);

/* What failed last. */
const char *store_errmsg(const struct store *s);

/* So long before it a mail is looked for that was taken. */
#define STORE_LATER_MS ((int64_t)7 * 86400000)
/* A log tells whole seconds: a refusal may seem to be later than that. */
#define STORE_SOONER_MS ((int64_t)999)

/*
 * This mail was accepted at `time` (ms since 1970): what was refused of it in
 * the days before, for good or for now, was accepted later. False: failed.
 */
bool store_came_later(struct store *s, const char *sender,
    const char *recipient, int64_t time);

/* Has it the schema that it was opened with still? */
bool store_is_current(struct store *s);

/* The line of a record, appended; false when there is none of that id. */
bool store_get(struct store *s, const char *id, struct buf *line);

/*
 * Removes one slice of what is older than `oldest` (ms since 1970), or of the
 * oldest while the store is larger than `max` bytes (0: may grow). How many
 * records were removed; less than STORE_SLICE: all is done. -1: failed. In
 * PostgreSQL a slice is a day, nothing is counted, and `max` does not count.
 */
#define STORE_SLICE 500
int store_expire(struct store *s, int64_t oldest, int64_t max);

#endif
