/*
 * store_grams.h - which lines of the store may hold a text
 *
 * A text that begins no word of the index may be anywhere in a line. So that
 * not all lines are read for it, the store has for each block of lines the set
 * of all four bytes that follow one another in one of them (4-grams), hashed
 * into a bitmap: where one of the text's own is missing, no line has the text.
 *
 * A block has its bitmap once all of its numbers are given away; a line that
 * comes later is never of such a block. What is removed may leave its bits,
 * so that a block is read in vain, but none is left out that has the text.
 * SQLite's alone. Each function is part of its caller's transaction; false: it
 * failed.
 */
#ifndef RECORDS_STORE_GRAMS_H
#define RECORDS_STORE_GRAMS_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct db;

#define STORE_GRAMS_TABLE \
	"CREATE TABLE gram (block INTEGER PRIMARY KEY, bits BLOB NOT NULL)"

/* Lines were added: blocks that are complete now get their bitmap. */
bool store_grams_add(struct db *db);

/*
 * Line `n` reads otherwise now: its block has no bitmap, until one call for
 * all of these makes them anew.
 */
bool store_grams_changed(struct db *db, int64_t n);
bool store_grams_renew(struct db *db);

/* Records were removed: those whose `n` are in the table `old`. */
bool store_grams_remove(struct db *db);

/*
 * Appends which lines may hold the text, in either case of ASCII, as a JSON
 * object: the first number of each run, and its last. False: all of them may
 * (or the database failed, which whoever reads them will find, too).
 */
bool store_grams_runs(struct db *db, const char *text, struct buf *runs);

#endif
