/*
 * db_postgresql_libpq - the door to PostgreSQL
 *
 * libpq is loaded when the first server is asked for (dlopen(3)): the programs
 * are not linked to it, so that who keeps records in a file has neither it nor
 * what it brings along in memory, nor must install it.
 */

#include "records/db_engine.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/library.h"
#include "base/mem.h"
#include "records/db_name.h"

#define PATIENCE_MS 60000	/* for one answer of the server */
#define CONNECT_MS 2000
/*
 * What is asked is over before a compiler has begun. A server that never
 * learned of our end, as the network was cut, would keep our locks for two
 * hours.
 */
#define TO_WRITE "SET jit = off; SET tcp_keepalives_idle = 10; " \
	"SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
#define VALUES_MAX 32
#define OID_BYTEA 17		/* of pg_type, which never change */
#define OID_INT8 20
#define OID_TEXT 25
#define UNIQUE_VIOLATION "23505"	/* SQLSTATE */

#define FUNCTIONS(F) \
	F(PQconnectStartParams) F(PQconnectPoll) F(PQstatus) F(PQfinish) \
	F(PQerrorMessage) \
	F(PQsetNoticeProcessor) F(PQparameterStatus) F(PQsendQuery) \
	F(PQsendQueryParams) F(PQsetSingleRowMode) F(PQgetResult) F(PQisBusy) \
	F(PQconsumeInput) F(PQsocket) F(PQresultStatus) \
	F(PQresultErrorMessage) F(PQresultErrorField) F(PQclear) \
	F(PQcmdTuples) F(PQgetvalue) F(PQgetisnull) F(PQgetlength) \
	F(PQputCopyData) F(PQputCopyEnd)

LIBRARY_OF(FUNCTIONS, "libpq.so.5", NULL)

struct server_db {
	struct db db;
	PGconn *connection;
	int patience;			/* ms, for one answer */
	struct server_query *busy;	/* whose rows are on their way */
	int changed;
	bool duplicate;			/* that is why it failed */
	struct buf errmsg;
};

struct server_query {
	struct query query;
	struct buf sql;
	PGresult *row;
	struct buf bytes;		/* of a column, decoded */
	bool only_bytes;		/* they come in binary */
	char *values[VALUES_MAX];
	int lengths[VALUES_MAX], formats[VALUES_MAX];
	Oid types[VALUES_MAX];
	int bound;
};

static struct server_db *
server(const struct db *db)
{
	return (struct server_db *)(uintptr_t)db;
}

/* The first line says it all. False, for those who return it. */
static bool
failed(struct server_db *s, const char *words)
{
	while (strncmp(words, "ERROR:", 6) == 0 || *words == ' ')
		words += *words == ' ' ? 1 : 6;
	s->duplicate = false;
	buf_clear(&s->errmsg);
	buf_put(&s->errmsg, words, strcspn(words, "\n"));
	if (s->errmsg.len == 0)
		buf_puts(&s->errmsg, "the server does not answer");
	return false;
}

static bool
failed_result(struct server_db *s, const PGresult *r)
{
	const char *state = lib.PQresultErrorField(r, PG_DIAG_SQLSTATE);

	failed(s, lib.PQresultErrorMessage(r));
	s->duplicate = state != NULL && strcmp(state, UNIQUE_VIOLATION) == 0;
	return false;
}

static void
ignore_notice(void *arg, const char *words)
{
	(void)arg;
	(void)words;
}

/* The next result of what was sent; NULL: there is none, or no answer. */
static PGresult *
next_result(struct server_db *s)
{
	int64_t end = clock_ms() + s->patience, left;
	struct pollfd fd = { .fd = lib.PQsocket(s->connection),
		.events = POLLIN };

	while (lib.PQisBusy(s->connection)) {
		left = end - clock_ms();
		if (left <= 0) {
			failed(s, "the server does not answer");
			return NULL;
		}
		poll(&fd, 1, (int)left);
		if (!lib.PQconsumeInput(s->connection)) {
			failed(s, lib.PQerrorMessage(s->connection));
			return NULL;
		}
	}
	return lib.PQgetResult(s->connection);
}

/* Takes the results to the last; was each of them good? */
static bool
take_results(struct server_db *s)
{
	bool good = true, any = false;
	PGresult *r;

	while ((r = next_result(s)) != NULL) {
		any = true;
		switch (lib.PQresultStatus(r)) {
		case PGRES_COMMAND_OK:
		case PGRES_TUPLES_OK:
		case PGRES_SINGLE_TUPLE:
			s->changed = atoi(lib.PQcmdTuples(r));
			break;
		default:
			good = failed_result(s, r);
		}
		lib.PQclear(r);
	}
	return good && any;
}

static bool
run(struct db *db, const char *sql)
{
	struct server_db *s = server(db);

	buf_clear(&s->errmsg);
	if (!lib.PQsendQuery(s->connection, sql))
		return failed(s, lib.PQerrorMessage(s->connection));
	return take_results(s);
}

/* Waits for what libpq wants to do next; false: no longer. */
static bool
wait_for(PGconn *connection, PostgresPollingStatusType what, int64_t end)
{
	struct pollfd fd = { .fd = lib.PQsocket(connection),
		.events = what == PGRES_POLLING_READING ? POLLIN : POLLOUT };
	int64_t left = end - clock_ms();

	if (left <= 0)
		return false;
	poll(&fd, 1, (int)left);
	return clock_ms() < end;
}

/* What the URL says itself comes later, and wins. */
static bool
connect_to(struct server_db *s, const char *name, int ms)
{
	static const char *const keys[] = { "tcp_user_timeout",
		"keepalives_idle", "keepalives_interval", "keepalives_count",
		"fallback_application_name", "dbname", "client_encoding",
		NULL };
	const char *const values[] = { "10000", "10", "5", "3", "saywhy",
		name, "UTF8", NULL };
	int64_t end = clock_ms() + ms;
	PostgresPollingStatusType what = PGRES_POLLING_WRITING;

	s->connection = lib.PQconnectStartParams(keys, values, 1);
	lib.PQsetNoticeProcessor(s->connection, ignore_notice, NULL);
	if (lib.PQstatus(s->connection) == CONNECTION_BAD)
		return failed(s, lib.PQerrorMessage(s->connection));
	while (what != PGRES_POLLING_OK) {
		if (!wait_for(s->connection, what, end))
			return failed(s, "the server does not answer");
		what = lib.PQconnectPoll(s->connection);
		if (what == PGRES_POLLING_FAILED)
			return failed(s, lib.PQerrorMessage(s->connection));
	}
	return true;
}

static bool
has_encoding(struct server_db *s)
{
	const char *encoding = lib.PQparameterStatus(s->connection,
	    "server_encoding");

	return encoding != NULL && (strcmp(encoding, "UTF8") == 0 ||
	    strcmp(encoding, "SQL_ASCII") == 0);
}

static void
close_server(struct db *db)
{
	struct server_db *s = server(db);

	lib.PQfinish(s->connection);
	buf_free(&s->errmsg);
	free(s);
}

static struct db *
open_server(const char *name, bool to_write, int ms, bool *damaged,
    struct buf *errmsg)
{
	struct server_db *s;
	bool good;

	if (damaged != NULL)
		*damaged = false;
	db_put_name(errmsg, name);
	if (!is_there()) {
		buf_printf(errmsg, ": PostgreSQL needs libpq (Debian: libpq5): "
		    "%s", library.missing);
		return NULL;
	}
	s = mem_alloc(sizeof *s);
	s->db.engine = &db_postgresql;
	s->errmsg = (struct buf)BUF_INIT;
	s->patience = ms > 0 ? ms : PATIENCE_MS;
	good = connect_to(s, name, ms > 0 ? ms : CONNECT_MS);
	good = good && (has_encoding(s) || failed(s, "the database must have "
	    "the encoding UTF8"));
	good = good && (!to_write || run(&s->db, TO_WRITE));
	if (good) {
		buf_clear(errmsg);
		return &s->db;
	}
	buf_printf(errmsg, ": %s", s->errmsg.data);
	close_server(&s->db);
	return NULL;
}

static const char *
errmsg_of(const struct db *db)
{
	return server(db)->errmsg.data;
}

static bool
is_damaged(const struct db *db)
{
	(void)db;
	return false;
}

static bool
is_duplicate(const struct db *db)
{
	return server(db)->duplicate;
}

static int64_t
last(const struct db *db)
{
	(void)db;
	return 0;
}

static int
changed(const struct db *db)
{
	return server(db)->changed;
}

static bool
copy_begin(struct db *db, const char *sql)
{
	struct server_db *s = server(db);
	PGresult *r;
	bool good;

	if (!lib.PQsendQuery(s->connection, sql))
		return failed(s, lib.PQerrorMessage(s->connection));
	r = next_result(s);
	good = r != NULL && (lib.PQresultStatus(r) == PGRES_COPY_IN ||
	    failed_result(s, r));
	lib.PQclear(r);
	return good;
}

static bool
copy_put(struct db *db, const char *bytes, size_t n)
{
	const size_t piece = 65536;
	struct server_db *s = server(db);
	size_t at, part;

	for (at = 0; at < n; at += part) {
		part = n - at < piece ? n - at : piece;
		if (lib.PQputCopyData(s->connection, bytes + at, (int)part) !=
		    1)
			return failed(s, lib.PQerrorMessage(s->connection));
	}
	return true;
}

/* What the server found wrong on the way is said at the end. */
static bool
copy_end(struct db *db)
{
	struct server_db *s = server(db);

	buf_clear(&s->errmsg);
	if (lib.PQputCopyEnd(s->connection, NULL) != 1) {
		failed(s, lib.PQerrorMessage(s->connection));
		take_results(s);
		return false;
	}
	return take_results(s);
}

/* The `?` of our statements are numbered here. */
static struct query *
query(struct db *db, const char *sql)
{
	struct server_query *q = mem_alloc(sizeof *q);
	int n = 0;

	q->query.db = db;
	q->sql = (struct buf)BUF_INIT;
	q->bytes = (struct buf)BUF_INIT;
	for (; *sql != '\0'; sql++)
		if (*sql == '?')
			buf_printf(&q->sql, "$%d", ++n);
		else
			buf_putc(&q->sql, *sql);
	return &q->query;
}

static struct server_query *
of_server(struct query *q)
{
	return (struct server_query *)q;
}

/* Ends what is on its way, and begins anew. */
static void
reset(struct server_query *q)
{
	struct server_db *s = server(q->query.db);
	PGresult *r;

	lib.PQclear(q->row);
	q->row = NULL;
	if (s->busy == q) {
		while ((r = next_result(s)) != NULL)
			lib.PQclear(r);
		s->busy = NULL;
	}
	while (q->bound > 0)
		free(q->values[--q->bound]);
}

static void
free_query(struct query *query)
{
	struct server_query *q = of_server(query);

	reset(q);
	buf_free(&q->sql);
	buf_free(&q->bytes);
	free(q);
}

/* One value more, which is ours; binary or text. */
static void
bind(struct query *query, char *value, size_t n, Oid type)
{
	struct server_query *q = of_server(query);

	q->values[q->bound] = value;
	q->lengths[q->bound] = (int)n;
	q->formats[q->bound] = type == OID_BYTEA;
	q->types[q->bound++] = type;
}

static void
bind_text(struct query *q, const char *text)
{
	bind(q, mem_dup(text), 0, OID_TEXT);
}

static void
bind_kept(struct query *q, const char *text, size_t n)
{
	bind(q, mem_ndup(text, n), 0, OID_TEXT);
}

static void
bind_bytes(struct query *q, const void *bytes, size_t n)
{
	char *copy = bytes != NULL ? mem_alloc(n + 1) : NULL;

	if (copy != NULL)
		memcpy(copy, bytes, n);
	bind(q, copy, n, OID_BYTEA);
}

static void
bind_int(struct query *q, int64_t n)
{
	char text[24];

	snprintf(text, sizeof text, "%lld", (long long)n);
	bind(q, mem_dup(text), 0, OID_INT8);
}

static void
want_only_bytes(struct query *q)
{
	of_server(q)->only_bytes = true;
}

static bool
send_query(struct server_db *s, struct server_query *q)
{
	buf_clear(&s->errmsg);
	if (s->busy != NULL)
		return failed(s, "another query is at work");
	if (!lib.PQsendQueryParams(s->connection, q->sql.data, q->bound,
	    q->types, (const char *const *)q->values, q->lengths, q->formats,
	    q->only_bytes))
		return failed(s, lib.PQerrorMessage(s->connection));
	lib.PQsetSingleRowMode(s->connection);
	s->busy = q;
	return true;
}

static enum db_answer
step(struct query *query)
{
	struct server_query *q = of_server(query);
	struct server_db *s = server(query->db);
	enum db_answer answer = DB_FAILED;

	lib.PQclear(q->row);
	q->row = NULL;
	if (s->busy == q || send_query(s, q))
		q->row = next_result(s);
	switch (lib.PQresultStatus(q->row)) {
	case PGRES_SINGLE_TUPLE:
		return DB_ROW;
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
		s->changed = atoi(lib.PQcmdTuples(q->row));
		answer = DB_DONE;
		break;
	default:
		if (q->row != NULL)
			failed_result(s, q->row);
	}
	reset(q);
	return answer;
}

static const char *
column_text(struct query *query, int column)
{
	struct server_query *q = of_server(query);

	return lib.PQgetisnull(q->row, 0, column) ? NULL :
	    lib.PQgetvalue(q->row, 0, column);
}

static int64_t
column_int(struct query *q, int column)
{
	const char *text = column_text(q, column);

	return text != NULL ? strtoll(text, NULL, 10) : 0;
}

static int
digit(char c)
{
	return c >= 'a' ? c - 'a' + 10 : c - '0';
}

/* bytea comes as "\x" and two digits a byte. */
static const void *
column_bytes(struct query *query, int column, size_t *n)
{
	struct server_query *q = of_server(query);
	struct buf *bytes = &q->bytes;
	const char *text = column_text(query, column);

	buf_clear(bytes);
	*n = 0;
	if (q->only_bytes && text != NULL) {
		*n = (size_t)lib.PQgetlength(q->row, 0, column);
		return text;
	}
	if (text == NULL || strncmp(text, "\\x", 2) != 0)
		return NULL;
	for (text += 2; text[0] != '\0' && text[1] != '\0'; text += 2)
		buf_putc(bytes, (char)(digit(text[0]) << 4 | digit(text[1])));
	*n = bytes->len;
	return bytes->data;
}

const struct db_engine db_postgresql = {
	.open = open_server, .close = close_server, .errmsg = errmsg_of,
	.is_damaged = is_damaged, .is_duplicate = is_duplicate,
	.run = run, .last = last,
	.size = "SELECT pg_database_size(current_database())",
	.changed = changed, .copy_begin = copy_begin, .copy_put = copy_put,
	.copy_end = copy_end, .query = query, .free = free_query,
	.text = bind_text, .text_kept = bind_kept, .bytes = bind_bytes,
	.number = bind_int, .only_bytes = want_only_bytes, .step = step,
	.column = column_text,
	.column_int = column_int, .column_bytes = column_bytes
};
