/* store_grams - which lines of the store may hold a text */

#include "records/store_grams.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "records/db.h"

#define GRAM 4
#define BLOCK 512		/* lines; another one is another schema */
#define BITS_LOG 17
#define BITS ((size_t)1 << BITS_LOG)
#define BITS_SIZE (BITS / 8)

#define TEXT_OF(n) #n
#define TEXT(n) TEXT_OF(n)
#define BLOCK_SQL TEXT(BLOCK)

/* Bytes in lower case, of which the last four count; alike on every host. */
static uint32_t
then(uint32_t bytes, char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c - 'A' + 'a');
	return bytes << 8 | (unsigned char)c;
}

static uint32_t
bit_of(uint32_t bytes)
{
	return bytes * 2654435761u >> (32 - BITS_LOG);
}

/* A byte for each bit until the block is read: that is quicker by half. */
static void
note(bool *noted, const char *line, size_t n)
{
	uint32_t bytes = 0;
	size_t i;

	for (i = 0; i < n && i < GRAM - 1; i++)
		bytes = then(bytes, line[i]);
	for (; i < n; i++) {
		bytes = then(bytes, line[i]);
		noted[bit_of(bytes)] = true;
	}
}

static void
pack(unsigned char *bits, const bool *noted)
{
	size_t i;

	for (i = 0; i < BITS; i++)
		bits[i / 8] |= (unsigned char)(noted[i] << i % 8);
}

static bool
may_hold(const unsigned char *bits, const char *text)
{
	uint32_t bytes = 0, bit;
	size_t i;

	for (i = 0; text[i] != '\0'; i++) {
		bytes = then(bytes, text[i]);
		bit = bit_of(bytes);
		if (i >= GRAM - 1 && (bits[bit / 8] & 1u << bit % 8) == 0)
			return false;
	}
	return true;
}

static bool
read_block(struct db *db, int64_t block, bool *noted)
{
	struct query *q = db_query(db, "SELECT json FROM line "
	    "WHERE n BETWEEN ? AND ?");
	enum db_answer answer = DB_FAILED;
	const char *line;
	size_t n;

	if (q == NULL)
		return false;
	query_int(q, block * BLOCK);
	query_int(q, block * BLOCK + BLOCK - 1);
	while ((answer = query_step(q)) == DB_ROW) {
		line = query_column_bytes(q, 0, &n);
		if (line != NULL)
			note(noted, line, n);
	}
	query_free(q);
	return answer == DB_DONE;
}

static bool
put_block(struct db *db, int64_t block)
{
	unsigned char *bits = mem_alloc(BITS_SIZE);
	bool *noted = mem_alloc(BITS * sizeof *noted);
	struct query *q = db_query(db, "REPLACE INTO gram VALUES (?, ?)");
	bool good = q != NULL && read_block(db, block, noted);

	if (good) {
		pack(bits, noted);
		query_int(q, block);
		query_bytes(q, bits, BITS_SIZE);
		good = query_step(q) == DB_DONE;
	}
	query_free(q);
	free(noted);
	free(bits);
	return good;
}

/* The block of the newest record, which has no bitmap yet; -1: failed. */
static int64_t
last_block(struct db *db)
{
	return db_number(db, "SELECT coalesce(max(n), 0) / " BLOCK_SQL
	    " FROM record", -1);
}

bool
store_grams_add(struct db *db)
{
	int64_t last = last_block(db);
	int64_t block = db_number(db, "SELECT coalesce(max(block) + 1, "
	    "(SELECT min(n) FROM record) / " BLOCK_SQL ", 0) FROM gram", -1);
	bool good = last >= 0 && block >= 0;

	for (; good && block < last; block++)
		good = put_block(db, block);
	return good;
}

bool
store_grams_changed(struct db *db, int64_t n)
{
	struct query *q = db_query(db, "UPDATE gram SET bits = x'' "
	    "WHERE block = ? / " BLOCK_SQL);
	bool good = q != NULL;

	if (good) {
		query_int(q, n);
		good = query_step(q) == DB_DONE;
	}
	query_free(q);
	return good;
}

/* The next block after this one whose bitmap is gone; -1: there is none. */
static bool
next_changed(struct query *q, int64_t *block)
{
	enum db_answer answer;

	query_int(q, *block);
	*block = -1;
	while ((answer = query_step(q)) == DB_ROW)
		*block = query_column_int(q, 0);
	return answer == DB_DONE;
}

bool
store_grams_renew(struct db *db)
{
	struct query *q = db_query(db, "SELECT block FROM gram WHERE "
	    "block > ? AND length(bits) = 0 ORDER BY block LIMIT 1");
	int64_t block = -1;
	bool good = q != NULL && next_changed(q, &block);

	while (good && block >= 0)
		good = put_block(db, block) && next_changed(q, &block);
	query_free(q);
	return good;
}

/* The numbers of the last records are given away again once they are gone. */
bool
store_grams_remove(struct db *db)
{
	return db_run(db, "DELETE FROM gram WHERE block IN "
	    "(SELECT n / " BLOCK_SQL " FROM old) AND NOT EXISTS "
	    "(SELECT 1 FROM record WHERE n >= block * " BLOCK_SQL " AND "
	    "n < (block + 1) * " BLOCK_SQL ");"
	    "DELETE FROM gram WHERE block >= (SELECT coalesce(max(n), 0) / "
	    BLOCK_SQL " FROM record)");
}

static void
put_run(struct buf *runs, int64_t first, int64_t last)
{
	const char *comma = runs->data[runs->len - 1] == '{' ? "" : ",";

	if (first <= last)
		buf_printf(runs, "%s\"%" PRId64 "\":%" PRId64, comma, first,
		    last);
}

bool
store_grams_runs(struct db *db, const char *text, struct buf *runs)
{
	enum db_answer answer = DB_FAILED;
	struct query *q;
	const void *bits;
	int64_t from = 0, block;
	size_t n, before = runs->len;

	if (strlen(text) < GRAM)
		return false;
	q = db_query(db, "SELECT block, bits FROM gram ORDER BY block");
	buf_putc(runs, '{');
	while (q != NULL && (answer = query_step(q)) == DB_ROW) {
		block = query_column_int(q, 0);
		bits = query_column_bytes(q, 1, &n);
		if (n != BITS_SIZE || may_hold(bits, text))
			continue;
		put_run(runs, from, block * BLOCK - 1);
		from = (block + 1) * BLOCK;
	}
	query_free(q);
	put_run(runs, from, INT64_MAX);
	buf_putc(runs, '}');
	if (answer != DB_DONE || from == 0)
		buf_cut(runs, before);
	return answer == DB_DONE && from > 0;
}
