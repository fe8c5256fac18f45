/* record_match - which refusals of a log are recorded already */

#include "records/record_match.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/net.h"
#include "records/db.h"
#include "records/db_name.h"
#include "records/feed.h"
#include "records/record.h"
#include "records/record_read.h"
#include "records/store.h"

#define NEAR_MS 5000
#define TAKEN 4096
#define ROWS 32			/* records that an event may be … */
#define MOVES 64		/* … and events that may make room for it */
#define IN_MEMORY_MS ((int64_t)6 * 3600000)
#define IN_MEMORY_BYTES (64 << 20)

/* The event that a record was found for. */
struct holder {
	uint64_t round;			/* when its event was last to move */
	struct match_event event;
	struct ip client;
	char *sender, *recipient, *queue_id, *words, *reason, *stage;
};

struct record_matcher {
	const char *path, *file;
	struct feed *feed;		/* the store is in memory, or NULL */
	struct store *store;
	struct query *by_id, *by_event, *by_pair;
	struct store *writer;		/* opened when there is something */
	int64_t taken[TAKEN];		/* rows that were found, a ring … */
	struct holder holder[TAKEN];	/* … and what each was found for */
	size_t next;
	uint64_t round;			/* of asking, and what it moved */
	int moves;
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
	j->by_event = db_query(store_db(j->store), "SELECT n, json "
	    "FROM record JOIN line USING (n) WHERE time BETWEEN ? AND ? "
	    "AND (client = ? OR client IS NULL) AND source IS NULL "
	    "ORDER BY abs(time - ?), n");
	buf_puts(&sql, "SELECT 1 FROM record WHERE sender = lower(?) "
	    "AND later IS NULL AND outcome IN ('reject', 'tempfail') "
	    "AND EXISTS "
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
record_match_open(const char *path, const char *file)
{
	struct record_matcher *j = mem_alloc(sizeof *j);

	j->path = path;
	j->file = file;
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
	query_free(j->by_event);
	query_free(j->by_pair);
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

/* With `privacy` other than full the part before the "@" is another. */
static bool
same_address(const char *a, const char *b)
{
	const char *at_a = strrchr(a, '@'), *at_b = strrchr(b, '@');

	return strcasecmp(a, b) == 0 || (at_a != NULL && at_b != NULL &&
	    strcasecmp(at_a, at_b) == 0);
}

static bool
same_recipient(const struct parsed_record *t, const char *recipient)
{
	size_t i, n = parsed_count(t, "recipients");
	const char *text;

	if (recipient == NULL || n == 0)
		return true;
	for (i = 0; i < n; i++) {
		text = parsed_item(t, "recipients", i);
		if (text != NULL && same_address(text, recipient))
			return true;
	}
	return false;
}

/* Behind "<address>: " and "<address>... ", which not every door tells. */
static const char *
behind_address(const char *line)
{
	const char *end = *line == '<' ? strstr(line, ">: ") : NULL;

	if (end != NULL)
		return end + 3;
	end = *line == '<' ? strstr(line, ">... ") : NULL;
	return end != NULL ? end + 5 : line;
}

static const char *
word_end(const char *p)
{
	return p + strcspn(p, " ");
}

/*
 * Is one the beginning of the other? A log shows "?" for bytes that it cannot,
 * and in words with an "@" more may differ (privacy).
 */
static bool
alike(const char *a, const char *b)
{
	const char *end_a, *end_b;

	for (; *a != '\0' && *b != '\0'; a = end_a, b = end_b) {
		if (*a == ' ' || *b == ' ') {
			if (*a != *b && *a != '?' && *b != '?')
				return false;
			end_a = a + 1;
			end_b = b + 1;
			continue;
		}
		end_a = word_end(a);
		end_b = word_end(b);
		if (memchr(a, '@', (size_t)(end_a - a)) != NULL &&
		    memchr(b, '@', (size_t)(end_b - b)) != NULL)
			continue;
		if (*a != *b && *a != '?' && *b != '?')
			return false;
		end_a = a + 1;
		end_b = b + 1;
	}
	return true;
}

static bool
ends_with(const char *text, const char *tail)
{
	size_t n = strlen(text), tail_n = strlen(tail);

	return n >= tail_n && strcmp(text + n - tail_n, tail) == 0;
}

/* The reply of the MTA or of others, and what we made of it. */
static const struct {
	const char *lines, *code;
} replies[] = {
	{ "was.lines", "was.code" },
	{ "reply.lines", "reply.code" },
};

/* The code of the reply. A connection that is refused with 5yz gets 554. */
static int
code_of(const struct match_event *e)
{
	return e->greeting && e->code != 0 && e->code != 421 ? 554 : e->code;
}

/* With soft_bounce Postfix says 4yz where it logs 5yz. */
static bool
is_code(const struct parsed_record *t, const char *path,
    const struct match_event *e)
{
	long long code = parsed_int(t, path, 0);

	return code == 0 || e->code == 0 || code % 100 == code_of(e) % 100;
}

/* One of the lines of the reply; either may have lost its front. */
static bool
has_words(const struct parsed_record *t, const char *path, const char *words)
{
	size_t i, n = parsed_count(t, path);
	const char *line;

	for (i = 0; i < n; i++) {
		line = parsed_item(t, path, i);
		if (line == NULL || *line == '\0')
			continue;
		line = behind_address(line);
		if (alike(line, words) || ends_with(line, words) ||
		    ends_with(words, line))
			return true;
	}
	return false;
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL || strcmp(a, b) == 0;
}

/* Lines that say in words of their own what was refused, and how. */
static bool
means(const struct parsed_record *t, const char *reason, const char *stage)
{
	static const struct {
		const char *reason, *words;
	} phrases[] = {
		{ "auth-failed", "uthentication" },
		{ "rate-limited", "Error: too m" },
		{ "too-many-connections", "Error: too m" },
		{ "tls-failed", "TLS" },
	};
	const char *own = parsed_text(t, "reason"), *line;
	size_t i, k;

	if (own != NULL && strcmp(own, reason) == 0 &&
	    same_text(parsed_text(t, "stage"), stage))
		return true;
	for (i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
		for (k = 0; k < 2; k++) {
			line = parsed_item(t, replies[k].lines, 0);
			if (line != NULL && strcmp(phrases[i].reason, reason) ==
			    0 && strstr(line, phrases[i].words) != NULL)
				return true;
		}
	return false;
}

/* "554 mx ESMTP not accepting connections", "421 mx Service unavailable" */
static bool
is_greeting(const struct parsed_record *t, const struct match_event *e)
{
	size_t k = parsed_count(t, replies[0].lines) > 0 ? 0 : 1;
	const char *line = parsed_item(t, replies[k].lines, 0);

	/* "Service unavailable" is said at MAIL, too. */
	if (!same_text(parsed_text(t, "stage"), "connect") ||
	    !is_code(t, replies[k].code, e))
		return false;
	return line != NULL && (strstr(line, "not accepting connections") ||
	    strstr(line, "Service unavailable"));
}

static bool
is_event(const struct parsed_record *t, const struct match_event *e)
{
	const char *sender = parsed_text(t, "sender");
	const char *outcome = parsed_text(t, "outcome");
	const char *words = e->words;
	size_t k;

	if (e->on_hold != (outcome != NULL &&
	    strcmp(outcome, "quarantine") == 0))
		return false;
	if (!same_recipient(t, e->recipient) ||
	    !same_text(parsed_text(t, "queue_id"), e->queue_id))
		return false;
	if (sender != NULL && e->sender != NULL &&
	    !same_address(sender, e->sender))
		return false;
	if (e->on_hold)
		return true;
	if (words == NULL || *words == '\0')
		return e->reason != NULL && means(t, e->reason, e->stage);
	if (e->greeting)
		return is_greeting(t, e);
	words = behind_address(words);
	for (k = 0; k < 2; k++)
		if (is_code(t, replies[k].code, e) &&
		    has_words(t, replies[k].lines, words))
			return true;
	return false;
}

static bool
line_is_event(const char *json, const struct match_event *e)
{
	struct parsed_record *t = json != NULL ? record_read(json,
	    strlen(json)) : NULL;
	bool is = t != NULL && is_event(t, e);

	parsed_free(t);
	return is;
}

/* Where the row is in the ring, -1: nowhere. */
static int
place_of(const struct record_matcher *j, int64_t row)
{
	int i;

	for (i = 0; i < TAKEN; i++)
		if (j->taken[i] == row)
			return i;
	return -1;
}

static void
ask_by_event(struct record_matcher *j, const struct match_event *e)
{
	query_int(j->by_event, e->time - NEAR_MS);
	query_int(j->by_event, e->time + NEAR_MS);
	query_bytes(j->by_event, e->client->b, sizeof e->client->b);
	query_int(j->by_event, e->time + 500);
}

/* The nearest record in time that the event may be and none is, 0: none. */
static int64_t
find_free(struct record_matcher *j, const struct match_event *e)
{
	int64_t row, found = 0;

	ask_by_event(j, e);
	while (query_step(j->by_event) == DB_ROW) {
		row = query_column_int(j->by_event, 0);
		if (found == 0 && place_of(j, row) < 0 &&
		    line_is_event(query_column(j->by_event, 1), e))
			found = row;
	}
	return found;
}

/* Where those are in the ring that the event may be, too. */
static size_t
find_taken(struct record_matcher *j, const struct match_event *e,
    int places[ROWS])
{
	size_t n = 0;
	int at;

	ask_by_event(j, e);
	while (query_step(j->by_event) == DB_ROW) {
		at = place_of(j, query_column_int(j->by_event, 0));
		if (at >= 0 && n < ROWS && j->holder[at].round != j->round &&
		    line_is_event(query_column(j->by_event, 1), e))
			places[n++] = at;
	}
	return n;
}

/* The event outlives the line that it was read from. */
static void
take(struct record_matcher *j, int64_t row, const struct match_event *e)
{
	size_t at = j->next++ % TAKEN;
	struct holder *t = &j->holder[at];

	holder_free(t);
	j->taken[at] = row;
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
 * A record for the event, 0: none. One that is taken becomes free if its event
 * may be another, and so on (an augmenting path), so that it does not matter
 * which event is read first.
 */
static int64_t
find_row(struct record_matcher *j, const struct match_event *e)
{
	int64_t row = find_free(j, e), other;
	int places[ROWS];
	size_t i, n;

	if (row != 0)
		return row;
	n = find_taken(j, e, places);
	for (i = 0; i < n; i++) {
		struct holder *t = &j->holder[places[i]];

		if (t->round == j->round || j->moves == MOVES)
			continue;
		t->round = j->round;
		j->moves++;
		other = find_row(j, &t->event);
		if (other == 0)
			continue;
		row = j->taken[places[i]];
		j->taken[places[i]] = other;
		return row;
	}
	return 0;
}

bool
record_match_find(struct record_matcher *j, const struct match_event *e)
{
	char id[RECORD_ID_TEXT];
	int64_t row;

	if (e->words != NULL &&
	    record_id_find(e->words, strlen(e->words), id) &&
	    record_match_has(j, id))
		return true;
	if (!open_store(j) || j->by_event == NULL || !e->client->known)
		return false;
	j->round++;
	j->moves = 0;
	row = find_row(j, e);
	if (row != 0)
		take(j, row, e);
	return row != 0;
}

void
record_match_came(struct record_matcher *j, const char *sender,
    const char *recipient, int64_t time)
{
	struct buf errmsg = BUF_INIT, sql = BUF_INIT, words = BUF_INIT;
	bool refused = false;

	if (db_is_server(j->path) || !open_store(j) || j->by_pair == NULL)
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
