/* store_row - a record becomes the rows of the store */

#include "records/store_row.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"
#include "records/db.h"
#include "records/record_read.h"
#include "records/store_words.h"

struct store_row {
	struct db *db;
	struct query *record, *line, *recipient;
	struct query *words;		/* with the index of words, or NULL */
	bool has_words;
	struct buf text;
};

/* Text columns by the path of their value in the record. */
static const char *const paths[] = { "issuer", "outcome", "direction",
	"stage", "reason", "who", "check", "exception", "client.name", "helo",
	"login", "queue_id", "source", "host" };

#define NPATHS (sizeof paths / sizeof paths[0])

struct store_row *
store_row_new(struct db *db, bool words)
{
	struct store_row *r = mem_alloc(sizeof *r);

	r->db = db;
	r->record = db_query(db, "INSERT OR IGNORE INTO record "
	    "(id, time, issuer, outcome, direction, stage, reason, who, rule,"
	    " exception, name, helo, login, queue_id, source, host, client,"
	    " sender, sender_domain) VALUES "
	    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	r->line = db_query(db, "INSERT INTO line VALUES (?, ?)");
	r->recipient = db_query(db, "INSERT INTO recipient VALUES (?, ?, ?)");
	r->has_words = words;
	r->text = (struct buf)BUF_INIT;
	if (words)
		r->words = db_query(db, "INSERT INTO words (rowid, t) "
		    "VALUES (?, ?)");
	return r;
}

void
store_row_free(struct store_row *r)
{
	if (r == NULL)
		return;
	query_free(r->record);
	query_free(r->line);
	query_free(r->recipient);
	query_free(r->words);
	buf_free(&r->text);
	free(r);
}

static void
bind_client(struct query *q, const char *address)
{
	struct ip ip;

	if (address != NULL && ip_parse(address, &ip))
		query_bytes(q, ip.b, sizeof ip.b);
	else
		query_bytes(q, NULL, 0);
}

/* What is read from the record stays until its row is in. */
static void
bind_kept(struct query *q, const char *text)
{
	query_text_kept(q, text, text != NULL ? strlen(text) : 0);
}

/* The address in lower case, and its domain; both NULL when not known. */
static void
bind_address(struct query *q, const char *address)
{
	char *lower = mem_dup(address), *at;

	if (lower != NULL)
		mem_lower(lower, strlen(lower));
	at = lower != NULL ? strrchr(lower, '@') : NULL;
	query_text(q, lower);
	query_text(q, at != NULL ? at + 1 : NULL);
	free(lower);
}

static bool
put_record(struct store_row *r, const struct parsed_record *t)
{
	size_t i;

	bind_kept(r->record, parsed_text(t, "id"));
	query_int(r->record, parsed_time(t));
	for (i = 0; i < NPATHS; i++)
		bind_kept(r->record, parsed_text(t, paths[i]));
	bind_client(r->record, parsed_text(t, "client.address"));
	bind_address(r->record, parsed_text(t, "sender"));
	return query_step(r->record) == DB_DONE;
}

static bool
put_line(struct store_row *r, int64_t n, const char *line, size_t length)
{
	query_int(r->line, n);
	query_text_kept(r->line, line, length);
	return query_step(r->line) == DB_DONE;
}

static bool
put_recipients(struct store_row *r, int64_t n, const struct parsed_record *t)
{
	size_t i, count = parsed_count(t, "recipients");

	for (i = 0; i < count; i++) {
		query_int(r->recipient, n);
		bind_address(r->recipient, parsed_item(t, "recipients", i));
		if (query_step(r->recipient) != DB_DONE)
			return false;
	}
	return true;
}

static bool
put_words(struct store_row *r, int64_t n, const struct parsed_record *t,
    const char *line, size_t length)
{
	if (!r->has_words)
		return true;
	buf_clear(&r->text);
	store_words_put(&r->text, t, line, length);
	query_int(r->words, n);
	query_text_kept(r->words, r->text.data, r->text.len);
	return query_step(r->words) == DB_DONE;
}

bool
store_row_put(struct store_row *r, const struct parsed_record *t,
    const char *line,
    size_t length)
{
	int64_t n;

	if (r->record == NULL || r->line == NULL || r->recipient == NULL ||
	    (r->has_words && r->words == NULL) || !put_record(r, t))
		return false;
	if (db_changed(r->db) == 0)
		return true;
	n = db_last(r->db);
	return put_line(r, n, line, length) && put_recipients(r, n, t) &&
	    put_words(r, n, t, line, length);
}
