/* record_match - which refusals of a log are recorded already */

#include "records/record_match.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/net.h"
#include "records/db.h"
#include "records/db_name.h"
#include "records/feed.h"
#include "records/match_event.h"
#include "records/match_near.h"
#include "records/record.h"
#include "records/store.h"
#include "records/store_words.h"

#define TAKEN 16384
#define ROWS 32			/* records that an event may be … */
#define MOVES 64		/* … and events that may make room for it */
#define COMPARED 512		/* records with events, until one is found */
#define IN_MEMORY_MS ((int64_t)6 * 3600000)
#define IN_MEMORY_BYTES (64 << 20)

/* The event that a record was found for. */
struct holder {
	int64_t row;			/* of the record */
	int next;			/* of its chain, 0: the last */
	uint64_t round;			/* when its event could not move */
	struct match_event event;
	struct ip client;
	char *sender, *recipient, *queue_id, *words, *reason, *stage;
};

struct record_matcher {
	const char *path, *file;
	struct feed *feed;		/* the store is in memory, or NULL */
	struct store *store;
	struct query *by_id, *by_pair;
	struct query *by_sender;	/* with the index of words */
	struct match_near *near;
	struct store *writer;		/* opened when there is something */
	struct holder holder[TAKEN];	/* a ring; 0 is never used */
	int chain[TAKEN];		/* of those with like rows; 0: none */
	int next;			/* is replaced next */
	uint64_t round;			/* of records that are near */
	int moves, compared;		/* for the event at hand */
};

/* What the file has more than the store in memory. */
static void
read_file(struct record_matcher *j)
{
	int64_t oldest = clock_epoch_ms() - IN_MEMORY_MS;
	struct buf errmsg = BUF_INIT;

	feed_oldest(j->feed, oldest);
	while (feed_batch(j->feed, &errmsg) == FEED_MORE)
		store_expire(j->store, oldest, IN_MEMORY_BYTES);
	buf_free(&errmsg);
}

/* The store may be created after we start. */
static bool
open_store(struct record_matcher *j)
{
	struct buf errmsg = BUF_INIT, sql = BUF_INIT, words = BUF_INIT;
	bool shared = db_is_server(j->path);

	if (j->feed != NULL)
		read_file(j);
	if (j->store != NULL || j->path == NULL)
		return j->store != NULL;
	j->store = store_open(shared ? ":memory:" : j->path, shared, &errmsg);
	buf_free(&errmsg);
	if (j->store == NULL)
		return false;
	if (shared) {
		j->feed = feed_new(j->file, j->store);
		read_file(j);
	}
	j->by_id = db_query(store_db(j->store),
	    "SELECT n FROM record WHERE id = ?");
	j->near = match_near_new(store_db(j->store));
	buf_puts(&sql, "SELECT 1 FROM record WHERE sender = lower(?) "
	    "AND later IS NULL AND outcome IN ('reject', 'tempfail') "
	    "AND EXISTS "
	    "(SELECT 1 FROM recipient WHERE record = n "
	    "AND address = lower(?))");
	store_put_pair(j->store, &sql, &words, "", "");
	buf_puts(&sql, " LIMIT 1");
	j->by_pair = db_query(store_db(j->store), sql.data);
	if (store_has_words(j->store))
		j->by_sender = db_query(store_db(j->store), "SELECT 1 FROM "
		    "words WHERE words MATCH ? LIMIT 1");
	buf_free(&sql);
	buf_free(&words);
	return true;
}

struct record_matcher *
record_match_open(const char *path, const char *file)
{
	struct record_matcher *j = mem_alloc(sizeof *j);

	j->path = path;
	j->file = file;
	j->next = 1;
	j->round = 1;
	open_store(j);
	return j;
}

static void
holder_free(struct holder *t)
{
	free(t->sender);
	free(t->recipient);
	free(t->queue_id);
	free(t->words);
	free(t->reason);
	free(t->stage);
	memset(t, 0, sizeof *t);
}

void
record_match_close(struct record_matcher *j)
{
	size_t i = 0;

	if (j == NULL)
		return;
	while (i < TAKEN)
		holder_free(&j->holder[i++]);
	query_free(j->by_id);
	match_near_free(j->near);
	query_free(j->by_pair);
	query_free(j->by_sender);
	feed_free(j->feed);
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

/* Of those that are near many may be compared, but not without end. */
static bool
may_be(struct record_matcher *j, struct near_row *row,
    const struct match_event *e)
{
	const struct parsed_record *t;

	if (j->compared == COMPARED)
		return false;
	j->compared++;
	t = match_near_parsed(j->near, row);
	return t != NULL && match_event_is(e, t);
}

static size_t
chain_of(int64_t row)
{
	return (uint64_t)row % TAKEN;
}

/* Where the row is in the ring, -1: nowhere. */
static int
place_of(const struct record_matcher *j, const struct near_row *row)
{
	int at = row->place;

	if (at >= 0 && j->holder[at].row == row->n)
		return at;
	for (at = j->chain[chain_of(row->n)]; at > 0; at = j->holder[at].next)
		if (j->holder[at].row == row->n)
			return at;
	return -1;
}

static void
unchain(struct record_matcher *j, int place)
{
	int *at = &j->chain[chain_of(j->holder[place].row)];

	while (*at > 0 && *at != place)
		at = &j->holder[*at].next;
	if (*at == place)
		*at = j->holder[place].next;
}

/* The event in that place has this row from now on. */
static void
give(struct record_matcher *j, int place, struct near_row *row)
{
	struct holder *t = &j->holder[place];

	unchain(j, place);
	row->place = place;
	t->row = row->n;
	t->next = j->chain[chain_of(row->n)];
	j->chain[chain_of(row->n)] = place;
	near_row_shrink(row);
}

/* The nearest record in time that the event may be and none is. */
static struct near_row *
find_free(struct record_matcher *j, const struct match_event *e)
{
	struct near_walk walk;
	struct near_row *row;

	match_near_walk(j->near, e->client, e->time, &walk);
	while ((row = near_walk_next(&walk)) != NULL)
		if (place_of(j, row) < 0 && may_be(j, row, e))
			break;
	return row;
}

/* Those that the event may be, too, and that are taken. */
static size_t
find_taken(struct record_matcher *j, const struct match_event *e,
    struct near_row *rows[ROWS])
{
	struct near_walk walk;
	struct near_row *row;
	size_t n = 0;
	int at;

	match_near_walk(j->near, e->client, e->time, &walk);
	while (n < ROWS && (row = near_walk_next(&walk)) != NULL) {
		at = place_of(j, row);
		if (at >= 0 && j->holder[at].round != j->round &&
		    may_be(j, row, e))
			rows[n++] = row;
	}
	return n;
}

/* The event outlives the line that it was read from. */
static void
take(struct record_matcher *j, struct near_row *row,
    const struct match_event *e)
{
	int place = j->next;
	struct holder *t = &j->holder[place];

	j->next = place + 1 < TAKEN ? place + 1 : 1;
	unchain(j, place);
	holder_free(t);
	give(j, place, row);
	t->event = *e;
	t->client = *e->client;
	t->event.id = NULL;
	t->event.client = &t->client;
	t->event.sender = t->sender = mem_dup(e->sender);
	t->event.recipient = t->recipient = mem_dup(e->recipient);
	t->event.queue_id = t->queue_id = mem_dup(e->queue_id);
	t->event.words = t->words = mem_dup(e->words);
	t->event.reason = t->reason = mem_dup(e->reason);
	t->event.stage = t->stage = mem_dup(e->stage);
}

/*
 * A record for the event, NULL: none. One that is taken becomes free if its
 * event may be another, and so on (an augmenting path), so that it does not
 * matter which event is read first. An event for which there was no other is
 * not asked again before records are added, or others have moved.
 */
static struct near_row *
find_row(struct record_matcher *j, const struct match_event *e)
{
	struct near_row *row = find_free(j, e), *rows[ROWS], *other;
	size_t i, n;
	int place;

	if (row != NULL)
		return row;
	n = find_taken(j, e, rows);
	for (i = 0; i < n; i++) {
		place = place_of(j, rows[i]);
		if (place < 0 || j->holder[place].round == j->round ||
		    j->moves == MOVES)
			continue;
		j->holder[place].round = j->round;
		j->moves++;
		other = find_row(j, &j->holder[place].event);
		if (other == NULL)
			continue;
		give(j, place, other);
		return rows[i];
	}
	return NULL;
}

bool
record_match_find(struct record_matcher *j, const struct match_event *e)
{
	char id[RECORD_ID_TEXT];
	struct near_row *row;

	if (e->words != NULL &&
	    record_id_find(e->words, strlen(e->words), id) &&
	    record_match_has(j, id))
		return true;
	if (!open_store(j) || j->near == NULL || !e->client->known)
		return false;
	if (match_near_move(j->near, e->time))
		j->round++;
	j->moves = j->compared = 0;
	row = find_row(j, e);
	if (row == NULL)
		return false;
	take(j, row, e);
	if (j->moves > 0)
		j->round++;
	return true;
}

/*
 * Was this sender ever refused? Of most whose mail is taken nothing was, and
 * to ask for the sender alone costs half of asking for the pair.
 */
static bool
is_sender(struct record_matcher *j, const char *sender)
{
	struct buf words = BUF_INIT;
	bool found = j->by_sender == NULL;

	if (j->by_sender != NULL) {
		store_words_key(&words, STORE_KEY_SENDER, sender);
		query_text(j->by_sender, words.data);
		while (query_step(j->by_sender) == DB_ROW)
			found = true;
	}
	buf_free(&words);
	return found;
}

void
record_match_came(struct record_matcher *j, const char *sender,
    const char *recipient, int64_t time)
{
	struct buf errmsg = BUF_INIT, sql = BUF_INIT, words = BUF_INIT;
	bool refused = false;

	if (db_is_server(j->path) || !open_store(j) || j->by_pair == NULL ||
	    !is_sender(j, sender))
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
