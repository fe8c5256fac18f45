/* search - records by what is known of them */

#include "records/search.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"
#include "records/db.h"
#include "records/store.h"

/* A statement as it grows, and the values for its `?`s in turn. */
struct asking {
	struct buf sql;
	struct {
		char *text;	/* NULL: bytes or a number */
		uint8_t bytes[16];
		bool number;
		int64_t n;
	} values[24];
	size_t nvalues;
};

static void
add_text(struct asking *a, const char *text)
{
	a->values[a->nvalues++].text = mem_dup(text);
}

static void
add_number(struct asking *a, int64_t n)
{
	a->values[a->nvalues].number = true;
	a->values[a->nvalues++].n = n;
}

/* Sets every bit after the prefix, or none. */
static void
add_edge(struct asking *a, const struct net *net, bool last)
{
	uint8_t *b = a->values[a->nvalues++].bytes;
	unsigned i;

	memcpy(b, net->ip.b, 16);
	for (i = net->prefix; last && i < 128; i++)
		b[i / 8] |= (uint8_t)(0x80 >> i % 8);
}

/* In lower case, as the store holds it. */
static void
add_lower(struct asking *a, const char *text)
{
	char *p;

	add_text(a, text);
	for (p = a->values[a->nvalues - 1].text; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
}

static void
want_client(struct asking *a, const char *client)
{
	struct net net;

	if (net_parse(client, &net, NULL)) {
		buf_puts(&a->sql, " AND client BETWEEN ? AND ?");
		add_edge(a, &net, false);
		add_edge(a, &net, true);
		return;
	}
	buf_puts(&a->sql, " AND (lower(name) = ? OR "
	    "substr(lower(name), -length(?)) = ?)");
	add_lower(a, client);
	add_lower(a, client);
	add_lower(a, client);
	if (*client != '.') {
		buf_puts(&a->sql, " AND substr('.' || lower(name), "
		    "-length(?) - 1, 1) = '.'");
		add_lower(a, client);
	}
}

static void
want_domain(struct asking *a, const char *domain)
{
	buf_puts(&a->sql, " AND (sender_domain = ? OR n IN "
	    "(SELECT record FROM recipient WHERE domain = ?))");
	add_lower(a, domain);
	add_lower(a, domain);
}

static void
want_people(struct asking *a, const struct search *w)
{
	if (w->sender != NULL) {
		buf_puts(&a->sql, " AND sender = ?");
		add_lower(a, w->sender);
	}
	if (w->recipient != NULL) {
		buf_puts(&a->sql, " AND n IN "
		    "(SELECT record FROM recipient WHERE address = ?)");
		add_lower(a, w->recipient);
	}
}

static void
want_reason(struct asking *a, const char *reason)
{
	if (strcmp(reason, "none") == 0) {
		buf_puts(&a->sql, " AND reason IS NULL");
		return;
	}
	buf_puts(&a->sql, " AND reason = ?");
	add_text(a, reason);
}

static void
want_word(struct asking *a, const char *column, const char *word)
{
	if (word == NULL)
		return;
	buf_printf(&a->sql, " AND %s = ?", column);
	add_text(a, word);
}

/* Escapes the wildcards of LIKE. */
static void
want_text(struct asking *a, const char *text)
{
	struct buf like = BUF_INIT;

	buf_putc(&like, '%');
	for (; *text != '\0'; text++) {
		if (strchr("%_\\", *text) != NULL)
			buf_putc(&like, '\\');
		buf_putc(&like, *text);
	}
	buf_putc(&like, '%');
	buf_puts(&a->sql, " AND n IN "
	    "(SELECT n FROM line WHERE json LIKE ? ESCAPE '\\')");
	add_text(a, like.data);
	buf_free(&like);
}

static void
want_time(struct asking *a, const struct search *w)
{
	if (w->since != 0) {
		buf_puts(&a->sql, " AND time >= ?");
		add_number(a, w->since);
	}
	if (w->until != 0) {
		buf_puts(&a->sql, " AND time < ?");
		add_number(a, w->until);
	}
}

static void
want(struct asking *a, const struct search *w)
{
	buf_puts(&a->sql, " FROM record WHERE 1");
	if (w->client != NULL)
		want_client(a, w->client);
	if (w->domain != NULL)
		want_domain(a, w->domain);
	want_people(a, w);
	if (w->reason != NULL)
		want_reason(a, w->reason);
	want_word(a, "outcome", w->outcome);
	want_word(a, "issuer", w->issuer);
	want_word(a, "queue_id", w->queue_id);
	want_word(a, "login", w->login);
	if (w->text != NULL)
		want_text(a, w->text);
	want_time(a, w);
}

/* NULL: failed. */
static struct query *
ask(struct asking *a, struct store *s, struct buf *errmsg)
{
	struct query *q = db_query(store_db(s), a->sql.data);
	size_t i;

	if (q == NULL)
		buf_puts(errmsg, db_errmsg(store_db(s)));
	for (i = 0; i < a->nvalues; i++) {
		if (q == NULL)
			;
		else if (a->values[i].text != NULL)
			query_text(q, a->values[i].text);
		else if (a->values[i].number)
			query_int(q, a->values[i].n);
		else
			query_bytes(q, a->values[i].bytes, 16);
		free(a->values[i].text);
	}
	buf_free(&a->sql);
	return q;
}

int64_t
search_count(struct store *s, const struct search *what, struct buf *errmsg)
{
	struct asking a = { .sql = BUF_INIT };
	struct query *q;
	int64_t n = -1;

	buf_puts(&a.sql, "SELECT count(*)");
	want(&a, what);
	q = ask(&a, s, errmsg);
	if (q != NULL && query_step(q) == DB_ROW)
		n = query_column_int(q, 0);
	query_free(q);
	return n;
}

bool
search_each(struct store *s, const struct search *what,
    void (*fn)(void *arg, const char *line, size_t n), void *arg,
    struct buf *errmsg)
{
	struct asking a = { .sql = BUF_INIT };
	enum db_answer answer = DB_FAILED;
	struct query *q;
	const char *line;

	buf_puts(&a.sql, "SELECT (SELECT json FROM line WHERE line.n = "
	    "record.n)");
	want(&a, what);
	buf_puts(&a.sql, " ORDER BY time DESC, n DESC LIMIT ? OFFSET ?");
	add_number(&a, what->max > 0 ? what->max : -1);
	add_number(&a, what->skip);
	q = ask(&a, s, errmsg);
	while (q != NULL && (answer = query_step(q)) == DB_ROW) {
		line = query_column(q, 0);
		if (line != NULL)
			fn(arg, line, strlen(line));
	}
	if (q != NULL && answer == DB_FAILED)
		buf_puts(errmsg, db_errmsg(store_db(s)));
	query_free(q);
	return answer == DB_DONE;
}
