/* shipment - records on their way into PostgreSQL, in batches */

#include "records/shipment.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"
#include "records/db.h"
#include "records/record_file.h"
#include "records/record_read.h"
#include "records/store.h"
#include "records/store_server.h"

/* Longer texts are found by their beginning; an index takes no more. */
#define TEXT_MAX 512
#define OID_TEXT 25
#define RECIPIENTS_MAX 1000

struct shipment {
	struct db *db;
	char *shipper;
	int64_t retention;
	struct buf rows;	/* of the batch, as COPY takes them */
	int64_t *days;		/* of the batch, numbers since 1970 */
	size_t ndays, days_cap;
	int64_t *made;		/* days that have their partitions */
	size_t nmade, made_cap;
};

/* Text columns by the path of their value in the record. */
static const char *const paths[] = { "id", "host", "issuer", "outcome",
	"direction", "stage", "reason", "who", "check", "exception",
	"client.name", "helo", "login", "queue_id", "source" };

#define COLUMNS "id, host, issuer, outcome, direction, stage, reason, who, " \
	"rule, exception, name, helo, login, queue_id, source, time, client, " \
	"sender, sender_domain, recipients, domains"
#define NCOLUMNS 22		/* those, and json */

static bool
begin_table(struct db *db)
{
	/* Nothing is known of what comes; lines are not to be sorted. */
	return db_run(db, "SET synchronous_commit = on;"
	    "SET temp_buffers = '64MB'; SET work_mem = '64MB';"
	    "SET enable_mergejoin = off; SET enable_nestloop = off;"
	    "CREATE TEMP TABLE incoming (LIKE record INCLUDING DEFAULTS) "
	    "ON COMMIT DELETE ROWS;"
	    "ALTER TABLE incoming ADD COLUMN json text");
}

/* Of this connection, until it ends; the place begins where nothing is. */
static bool
take_name(struct shipment *s, struct buf *errmsg)
{
	struct query *q = db_query(s->db, "SELECT CASE WHEN "
	    "pg_try_advisory_lock(hashtext('saywhy ship'), hashtext(?)) "
	    "THEN 1 ELSE 0 END");
	enum db_answer answer;
	bool good;

	query_text(q, s->shipper);
	answer = query_step(q);
	good = answer == DB_ROW && query_column_int(q, 0) == 1;
	query_free(q);
	if (!good) {
		if (answer == DB_ROW)
			buf_printf(errmsg, "another saywhy ship is at work as "
			    "\"%s\": no two hosts may have the same name and "
			    "record-file", s->shipper);
		return false;
	}
	q = db_query(s->db, "INSERT INTO place (shipper, device, inode, at, "
	    "retention) VALUES (?, 0, 0, 0, ?) ON CONFLICT (shipper) "
	    "DO UPDATE SET retention = excluded.retention, seen = now()");
	query_text(q, s->shipper);
	query_int(q, s->retention);
	good = query_step(q) == DB_DONE;
	query_free(q);
	return good;
}

struct shipment *
shipment_new(struct db *db, const char *shipper, int64_t retention,
    struct buf *errmsg)
{
	struct shipment *s = mem_alloc(sizeof *s);

	s->db = db;
	s->shipper = mem_dup(shipper);
	s->retention = retention;
	s->rows = (struct buf)BUF_INIT;
	if (take_name(s, errmsg) && begin_table(db))
		return s;
	if (errmsg->len == 0)
		buf_puts(errmsg, db_errmsg(db));
	shipment_free(s);
	return NULL;
}

void
shipment_free(struct shipment *s)
{
	if (s == NULL)
		return;
	buf_free(&s->rows);
	free(s->days);
	free(s->made);
	free(s->shipper);
	free(s);
}

bool
shipment_begin(struct shipment *s, struct record_position *position)
{
	struct query *q;
	bool good;

	buf_clear(&s->rows);
	buf_put(&s->rows, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
	s->ndays = 0;
	if (!db_run(s->db, "BEGIN"))
		return false;
	q = db_query(s->db, "SELECT device, inode, at FROM place "
	    "WHERE shipper = ? FOR UPDATE");
	query_text(q, s->shipper);
	good = query_step(q) == DB_ROW;
	if (good) {
		position->device = (uint64_t)query_column_int(q, 0);
		position->inode = (uint64_t)query_column_int(q, 1);
		position->offset = query_column_int(q, 2);
	}
	query_free(q);
	return good;
}

static void
put_int32(struct buf *out, size_t n)
{
	uint32_t bytes = htonl((uint32_t)n);

	buf_put(out, &bytes, sizeof bytes);
}

static void
put_int64(struct buf *out, int64_t n)
{
	put_int32(out, sizeof n);
	put_int32(out, (size_t)((uint64_t)n >> 32));
	put_int32(out, (size_t)((uint64_t)n & 0xffffffff));
}

static void
put_null(struct buf *out)
{
	put_int32(out, 0xffffffff);
}

/* So many of its bytes that no sign of UTF-8 is cut. */
static size_t
kept(const char *text)
{
	size_t n = strnlen(text, TEXT_MAX + 1);

	if (n <= TEXT_MAX)
		return n;
	for (n = TEXT_MAX; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
		n--;
	return n;
}

static void
put_text(struct buf *out, const char *text)
{
	size_t n;

	if (text == NULL) {
		put_null(out);
		return;
	}
	n = kept(text);
	put_int32(out, n);
	buf_put(out, text, n);
}

/* ASCII in lower case, as the searches ask. */
static void
put_lower(struct buf *out, const char *text)
{
	size_t at = out->len + sizeof(uint32_t);

	put_text(out, text);
	if (text != NULL)
		mem_lower(out->data + at, out->len - at);
}

static const char *
domain_of(const char *address)
{
	const char *at = address != NULL ? strrchr(address, '@') : NULL;

	return at != NULL ? at + 1 : NULL;
}

static void
put_client(struct buf *out, const char *address)
{
	struct ip ip;

	if (address == NULL || !ip_parse(address, &ip)) {
		put_null(out);
		return;
	}
	put_int32(out, sizeof ip.b);
	buf_put(out, ip.b, sizeof ip.b);
}

/* An array of text with one dimension; `first` (NULL: none) goes before. */
static void
put_array(struct buf *out, const struct parsed_record *t, const char *first,
    const char *(*of)(const char *item))
{
	size_t i, n = parsed_count(t, "recipients"), begin = out->len, count;
	const char *item;
	uint32_t bytes;

	if (n > RECIPIENTS_MAX)
		n = RECIPIENTS_MAX;
	put_int32(out, 0);
	put_int32(out, 1);		/* dimensions */
	put_int32(out, 0);		/* nothing in it is NULL */
	put_int32(out, OID_TEXT);
	put_int32(out, 0);
	put_int32(out, 1);		/* the first index */
	count = first != NULL;
	if (first != NULL)
		put_lower(out, first);
	for (i = 0; i < n; i++) {
		item = parsed_item(t, "recipients", i);
		if (item == NULL || (item = of(item)) == NULL)
			continue;
		put_lower(out, item);
		count++;
	}
	if (count == 0) {
		buf_cut(out, begin);
		put_null(out);
		return;
	}
	bytes = htonl((uint32_t)(out->len - begin - sizeof bytes));
	memcpy(out->data + begin, &bytes, sizeof bytes);
	bytes = htonl((uint32_t)count);
	memcpy(out->data + begin + 16, &bytes, sizeof bytes);
}

static const char *
itself(const char *address)
{
	return address;
}

static void
note_day(struct shipment *s, int64_t day)
{
	size_t i;

	for (i = 0; i < s->ndays; i++)
		if (s->days[i] == day)
			return;
	s->days = mem_room(s->days, s->ndays, &s->days_cap, sizeof *s->days);
	s->days[s->ndays++] = day;
}

void
shipment_put(struct shipment *s, const struct parsed_record *t,
    const char *line, size_t n)
{
	const char *sender = parsed_text(t, "sender");
	int64_t time = parsed_time(t);
	struct buf *out = &s->rows;
	size_t i;

	note_day(s, time / STORE_SERVER_DAY);
	buf_put(out, (const char[]){ 0, NCOLUMNS }, 2);
	for (i = 0; i < sizeof paths / sizeof paths[0]; i++)
		put_text(out, parsed_text(t, paths[i]));
	put_int64(out, time);
	put_client(out, parsed_text(t, "client.address"));
	put_lower(out, sender);
	put_lower(out, domain_of(sender));
	put_array(out, t, NULL, itself);
	put_array(out, t, domain_of(sender), domain_of);
	put_int32(out, n);
	buf_put(out, line, n);
}

static bool
is_made(const struct shipment *s, int64_t day)
{
	size_t i;

	for (i = 0; i < s->nmade; i++)
		if (s->made[i] == day)
			return true;
	return false;
}

static bool
make_days(struct shipment *s)
{
	size_t i;

	for (i = 0; i < s->ndays; i++)
		if (!is_made(s, s->days[i]) && !store_server_make_day(s->db,
		    s->days[i] * STORE_SERVER_DAY))
			return false;
	return true;
}

/* Once it is committed, they are there. */
static void
remember_days(struct shipment *s)
{
	size_t i;

	for (i = 0; i < s->ndays; i++) {
		if (is_made(s, s->days[i]))
			continue;
		s->made = mem_room(s->made, s->nmade, &s->made_cap,
		    sizeof *s->made);
		s->made[s->nmade++] = s->days[i];
	}
}

static bool
unload(struct shipment *s)
{
	if (s->ndays == 0)
		return true;
	buf_put(&s->rows, "\377\377", 2);
	return make_days(s) && db_copy(s->db, "COPY incoming (" COLUMNS
	    ", json) FROM STDIN (FORMAT binary)", s->rows.data, s->rows.len) &&
	    db_run(s->db, "WITH new AS (INSERT INTO record (n, " COLUMNS ") "
	    "SELECT n, " COLUMNS " FROM incoming ON CONFLICT DO NOTHING "
	    "RETURNING n) INSERT INTO line (n, time, json) "
	    "SELECT n, time, json FROM incoming "
	    "WHERE n IN (SELECT n FROM new)");
}

bool
shipment_commit(struct shipment *s, const struct record_position *position)
{
	struct query *q;
	bool good;

	if (!unload(s))
		return false;
	q = db_query(s->db, "UPDATE place SET device = ?, inode = ?, at = ?, "
	    "seen = now() WHERE shipper = ?");
	query_int(q, (int64_t)position->device);
	query_int(q, (int64_t)position->inode);
	query_int(q, position->offset);
	query_text(q, s->shipper);
	good = query_step(q) == DB_DONE && db_run(s->db, "COMMIT");
	query_free(q);
	if (good)
		remember_days(s);
	return good;
}

int
shipment_expire(struct shipment *s, int64_t oldest)
{
	int64_t longest = db_number(s->db, "SELECT max(retention) FROM place "
	    "WHERE seen > now() - interval '30 days'", s->retention);
	int dropped;

	if (longest > s->retention)
		oldest -= longest - s->retention;
	dropped = store_server_drop_day(s->db, oldest);
	if (dropped > 0)
		s->nmade = 0;
	return dropped;
}
