/* record_match - which refusals of a log are recorded already */

#include "records/record_match.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"
#include "records/db.h"
#include "records/record.h"
#include "records/store.h"

#define NEAR_MS 5000
#define TAKEN 4096

struct record_matcher {
	const char *path;
	struct store *store;
	struct query *by_id, *by_event, *by_pair;
	struct store *writer;		/* opened when there is something */
	int64_t taken[TAKEN];		/* rows that were found, a ring */
	size_t next;
};

/* It may not be there when we start, and be made later. */
static bool
open_store(struct record_matcher *j)
{
	struct buf errmsg = BUF_INIT, sql = BUF_INIT, words = BUF_INIT;

	if (j->store != NULL || j->path == NULL)
		return j->store != NULL;
	j->store = store_open(j->path, false, &errmsg);
	buf_free(&errmsg);
	if (j->store == NULL)
		return false;
	j->by_id = db_query(store_db(j->store),
	    "SELECT n FROM record WHERE id = ?");
	j->by_event = db_query(store_db(j->store), "SELECT n FROM record "
	    "WHERE time BETWEEN ? AND ? AND client = ? AND source IS NULL "
	    "AND (? IS NULL OR n IN (SELECT record FROM recipient "
	    "WHERE address = lower(?))) ORDER BY time");
	buf_puts(&sql, "SELECT 1 FROM record WHERE sender = lower(?) "
	    "AND later IS NULL AND outcome = 'reject' AND EXISTS "
	    "(SELECT 1 FROM recipient WHERE record = n "
	    "AND address = lower(?))");
	store_put_pair(j->store, &sql, &words, "", "");
	buf_puts(&sql, " LIMIT 1");
	j->by_pair = db_query(store_db(j->store), sql.data);
	buf_free(&sql);
	buf_free(&words);
	return true;
}

struct record_matcher *
record_match_open(const char *path)
{
	struct record_matcher *j = mem_alloc(sizeof *j);

	j->path = path;
	open_store(j);
	return j;
}

void
record_match_close(struct record_matcher *j)
{
	if (j == NULL)
		return;
	query_free(j->by_id);
	query_free(j->by_event);
	query_free(j->by_pair);
	store_close(j->writer);
	store_close(j->store);
	free(j);
}

bool
record_match_has(struct record_matcher *j, const char *id)
{
	bool found = false;

	if (!open_store(j) || j->by_id == NULL)
		return false;
	query_text(j->by_id, id);
	while (query_step(j->by_id) == DB_ROW)
		found = true;
	return found;
}

static bool
take(struct record_matcher *j, int64_t n)
{
	size_t i;

	for (i = 0; i < TAKEN; i++)
		if (j->taken[i] == n)
			return false;
	j->taken[j->next++ % TAKEN] = n;
	return true;
}

bool
record_match_find(struct record_matcher *j, const struct match_event *e)
{
	char id[RECORD_ID_TEXT];
	bool found = false;

	if (record_id_find(e->reply, strlen(e->reply), id) &&
	    record_match_has(j, id))
		return true;
	if (!open_store(j) || j->by_event == NULL || !e->client->known)
		return false;
	query_int(j->by_event, e->time - NEAR_MS);
	query_int(j->by_event, e->time + NEAR_MS);
	query_bytes(j->by_event, e->client->b, sizeof e->client->b);
	query_text(j->by_event, e->recipient);
	query_text(j->by_event, e->recipient);
	while (query_step(j->by_event) == DB_ROW)
		if (!found)
			found = take(j, query_column_int(j->by_event, 0));
	return found;
}

void
record_match_came(struct record_matcher *j, const char *sender,
    const char *recipient, int64_t time)
{
	struct buf errmsg = BUF_INIT, sql = BUF_INIT, words = BUF_INIT;
	bool refused = false;

	if (!open_store(j) || j->by_pair == NULL)
		return;
	store_put_pair(j->store, &sql, &words, sender, recipient);
	query_text(j->by_pair, sender);
	query_text(j->by_pair, recipient);
	if (words.len > 0)
		query_text(j->by_pair, words.data);
	while (query_step(j->by_pair) == DB_ROW)
		refused = true;
	if (refused && j->writer == NULL)
		j->writer = store_open(j->path, true, &errmsg);
	if (refused && j->writer != NULL)
		store_came_later(j->writer, sender, recipient, time);
	buf_free(&sql);
	buf_free(&words);
	buf_free(&errmsg);
}
