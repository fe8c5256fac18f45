/* search - records by what is known of them */

#include "records/search.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"
#include "records/db.h"
#include "records/store.h"
#include "records/store_grams.h"
#include "records/store_sql.h"
#include "records/store_words.h"

/* Records of which one in fifty is named, at a million. */
#define NAMED_MANY 20000

/* A line that the index names costs as much as so many read in turn. */
#define NAMED_COST 4

/* The newest records, in which a text that is frequent is looked for first. */
#define NEWEST 20000

/*
 * A statement as it grows, and the values for its `?`s in turn. Beside it what
 * the index of words is to hold, when there is one.
 */
struct asking {
	const struct search *what;
	const struct store_sql *of;
	struct buf sql;
	struct buf words;	/* for MATCH; "": no help from it */
	int64_t named;		/* rows that it names */
	bool by_words;		/* it is asked */
	bool all_lines;		/* lines in turn are read for the text: */
	struct buf lines;	/* where from */
	size_t text_at;		/* the condition of a text goes in here */
	bool exact;		/* what it finds is what is wanted */
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

/* One condition more for the index. */
static void
and_words(struct asking *a)
{
	if (a->words.len > 0)
		buf_puts(&a->words, " AND");
}

static void
want_key(struct asking *a, enum store_key kind, const char *value)
{
	and_words(a);
	store_words_key(&a->words, kind, value);
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
	add_text(a, text);
	mem_lower(a->values[a->nvalues - 1].text, strlen(text));
}

/* A condition; each of its `?` takes the value. */
static void
want_lower(struct asking *a, const char *condition, const char *value)
{
	buf_puts(&a->sql, " AND ");
	buf_puts(&a->sql, condition);
	for (; *condition != '\0'; condition++)
		if (*condition == '?')
			add_lower(a, value);
}

/* Of the networks that have keys the one that holds this one. */
static void
want_net(struct asking *a, const struct net *net)
{
	bool exact = false;
	size_t before = a->words.len;

	and_words(a);
	if (!store_words_net(&a->words, net, &exact))
		buf_cut(&a->words, before);
	a->exact &= exact;
}

static void
want_name(struct asking *a, const char *name)
{
	a->exact &= *name != '.';
	name += *name == '.';
	if (*name != '\0')
		want_key(a, STORE_KEY_NAME, name);
}

static void
want_client(struct asking *a, const char *client)
{
	struct net net;

	if (net_parse(client, &net, NULL)) {
		buf_puts(&a->sql, " AND client BETWEEN ? AND ?");
		add_edge(a, &net, false);
		add_edge(a, &net, true);
		want_net(a, &net);
		return;
	}
	want_name(a, client);
	want_lower(a, *client == '.' ? a->of->below : a->of->named, client);
}

static void
want_domain(struct asking *a, const char *domain)
{
	want_lower(a, a->of->domain, domain);
	want_key(a, STORE_KEY_DOMAIN, domain);
}

static void
want_people(struct asking *a, const struct search *w)
{
	if (w->sender != NULL) {
		want_lower(a, "sender = ?", w->sender);
		want_key(a, STORE_KEY_SENDER, w->sender);
	}
	if (w->recipient != NULL) {
		want_lower(a, a->of->recipient, w->recipient);
		want_key(a, STORE_KEY_RECIPIENT, w->recipient);
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
add_like(struct asking *a, const char *text)
{
	struct buf like = BUF_INIT;

	buf_putc(&like, '%');
	for (; *text != '\0'; text++) {
		if (strchr("%_\\", *text) != NULL)
			buf_putc(&like, '\\');
		buf_putc(&like, *text);
	}
	buf_putc(&like, '%');
	add_text(a, like.data);
	buf_free(&like);
}

static void
want_text(struct asking *a, const char *text)
{
	size_t before = a->words.len;
	bool exact = false;

	a->text_at = a->sql.len;
	if (a->of->like)
		add_like(a, text);
	else
		add_text(a, text);
	and_words(a);
	if (!store_words_query(&a->words, text, &exact))
		buf_cut(&a->words, before);
	a->exact &= exact;
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

/* All conditions; the index comes first among them, if it is to help. */
static void
want(struct asking *a, const struct search *w)
{
	a->exact = w->reason == NULL && w->outcome == NULL &&
	    w->issuer == NULL && w->host == NULL && w->since == 0 &&
	    w->until == 0;
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
	want_word(a, "host", w->host);
	/* The columns tell case apart, the keys do not. */
	if (w->queue_id != NULL)
		want_key(a, STORE_KEY_QUEUE_ID, w->queue_id);
	if (w->login != NULL)
		want_key(a, STORE_KEY_LOGIN, w->login);
	a->exact &= w->queue_id == NULL && w->login == NULL;
	if (w->text != NULL)
		want_text(a, w->text);
	want_time(a, w);
}

/* NULL: failed. */
static struct query *
query_of(struct asking *a, struct store *s, const char *sql,
    struct buf *errmsg)
{
	struct query *q = db_query(store_db(s), sql);
	size_t i;

	if (q == NULL) {
		buf_puts(errmsg, db_errmsg(store_db(s)));
		return NULL;
	}
	if (a->by_words)
		query_text(q, a->words.data);
	for (i = 0; i < a->nvalues; i++)
		if (a->values[i].text != NULL)
			query_text(q, a->values[i].text);
		else if (a->values[i].number)
			query_int(q, a->values[i].n);
		else
			query_bytes(q, a->values[i].bytes, 16);
	return q;
}

/* A server need not plan for the days of lines that it does not look into. */
static void
put_days(struct buf *sql, const struct store *s, const struct search *w)
{
	if (store_is_shared(s) && w->since != 0)
		buf_printf(sql, " AND line.time >= %" PRId64, w->since);
	if (store_is_shared(s) && w->until != 0)
		buf_printf(sql, " AND line.time < %" PRId64, w->until);
}

/* The condition that the record's line holds the text. */
static void
put_text(struct buf *sql, const struct asking *a, const struct store *s)
{
	if (a->all_lines) {
		buf_printf(sql, " AND record.n IN (SELECT line.n FROM %s "
		    "WHERE %s)", a->lines.data, a->of->holds);
		return;
	}
	buf_printf(sql, " AND EXISTS (SELECT 1 FROM line WHERE %s",
	    a->of->line);
	put_days(sql, s, a->what);
	buf_printf(sql, " AND %s)", a->of->holds);
}

/* The statement from its parts; values of `tail` come last. */
static struct query *
ask(struct asking *a, struct store *s, const char *what, const char *tail,
    struct buf *errmsg)
{
	struct buf sql = BUF_INIT;
	struct query *q;

	buf_puts(&sql, what);
	if (a->by_words)
		buf_puts(&sql, " FROM words CROSS JOIN record "
		    "ON record.n = words.rowid WHERE words MATCH ?");
	else
		buf_puts(&sql, " FROM record WHERE 1 = 1");
	buf_put(&sql, a->sql.data, a->text_at);
	if (a->what->text != NULL)
		put_text(&sql, a, s);
	buf_puts(&sql, a->sql.data + a->text_at);
	buf_puts(&sql, tail);
	q = query_of(a, s, sql.data, errmsg);
	buf_free(&sql);
	return q;
}

/* How many the index names; -1: it failed. */
static int64_t
count_indexed(struct asking *a, struct store *s)
{
	struct query *q = db_query(store_db(s),
	    "SELECT count(*) FROM words WHERE words MATCH ?");
	int64_t n = -1;

	if (q != NULL) {
		query_text(q, a->words.data);
		if (query_step(q) == DB_ROW)
			n = query_column_int(q, 0);
	}
	query_free(q);
	return n;
}

/*
 * Words that begin no word of the index are searched for in every record, as
 * they may be inside a word.
 */
static void
begin(struct asking *a, struct store *s, const struct search *what)
{
	memset(a, 0, sizeof *a);
	a->what = what;
	a->of = store_sql(s);
	a->sql = (struct buf)BUF_INIT;
	a->words = (struct buf)BUF_INIT;
	a->lines = (struct buf)BUF_INIT;
	want(a, what);
	if (!store_has_words(s) || a->words.len == 0)
		return;
	a->named = count_indexed(a, s);
	a->by_words = a->named > 0 || (a->named == 0 && what->text == NULL);
}

static void
end(struct asking *a)
{
	size_t i;

	for (i = 0; i < a->nvalues; i++)
		free(a->values[i].text);
	buf_free(&a->sql);
	buf_free(&a->words);
	buf_free(&a->lines);
}

/* Lines are read in turn, where they may hold the text. */
static void
read_lines(struct asking *a, struct store *s)
{
	struct buf runs = BUF_INIT;

	a->all_lines = true;
	buf_puts(&a->lines, "line");
	if (store_grams_runs(store_db(s), a->what->text, &runs)) {
		buf_clear(&a->lines);
		buf_printf(&a->lines, "json_each('%s') AS run CROSS JOIN line "
		    "ON line.n BETWEEN CAST(run.key AS INTEGER) AND run.value",
		    runs.data);
	}
	buf_free(&runs);
}

/* Where the index names a large part of all, lines in turn are cheaper. */
static void
plan_count(struct asking *a, struct store *s)
{
	if (a->what->text == NULL || a->of->like)
		return;
	if (a->named > NAMED_MANY && a->named > db_number(store_db(s),
	    "SELECT max(n) FROM line", 0) / NAMED_COST)
		a->by_words = false;
	if (!a->by_words)
		read_lines(a, s);
}

/* The text alone is wanted: what record a line is of does not matter. */
static struct query *
count_lines(struct asking *a, struct store *s, struct buf *errmsg)
{
	struct buf sql = BUF_INIT;
	struct query *q;

	buf_printf(&sql, "SELECT count(*) FROM %s WHERE %s", a->lines.data,
	    a->of->holds);
	q = query_of(a, s, sql.data, errmsg);
	buf_free(&sql);
	return q;
}

int64_t
search_count(struct store *s, const struct search *what, struct buf *errmsg)
{
	struct asking a;
	struct query *q;
	int64_t n = -1;

	begin(&a, s, what);
	if (a.by_words && a.exact) {
		n = a.named;
	} else {
		plan_count(&a, s);
		q = a.all_lines && a.sql.len == 0 ? count_lines(&a, s, errmsg) :
		    ask(&a, s, "SELECT count(*)", "", errmsg);
		if (q != NULL && query_step(q) == DB_ROW)
			n = query_column_int(q, 0);
		else if (q != NULL)
			buf_puts(errmsg, db_errmsg(store_db(s)));
		query_free(q);
	}
	end(&a);
	return n;
}

static void
put_line(struct buf *sql, const struct store *s, const struct search *w)
{
	buf_printf(sql, "SELECT (SELECT json FROM line WHERE %s",
	    store_sql(s)->line);
	put_days(sql, s, w);
	buf_putc(sql, ')');
}

/* Do the newest records alone fill that page? */
static bool
is_near(struct asking *a, struct store *s, const struct search *what)
{
	int64_t page = what->skip + what->max, n = -1;
	struct buf ignored = BUF_INIT;
	struct query *q;

	add_number(a, NEWEST);
	add_number(a, page);
	q = ask(a, s, "SELECT count(*) FROM (SELECT 1", " AND time >= "
	    "coalesce((SELECT time FROM record ORDER BY time DESC LIMIT 1 "
	    "OFFSET ?), 0) LIMIT ?)", &ignored);
	if (q != NULL && query_step(q) == DB_ROW)
		n = query_column_int(q, 0);
	query_free(q);
	buf_free(&ignored);
	a->nvalues -= 2;
	return n == page;
}

/*
 * Where many records match, the newest are found sooner without the index: one
 * by one, or where they are rare among the newest after all lines were read.
 */
static void
plan_each(struct asking *a, struct store *s, const struct search *what)
{
	if (a->named > NAMED_MANY && what->max > 0)
		a->by_words = false;
	if (what->text != NULL && !a->of->like && !a->by_words &&
	    (what->max == 0 || !is_near(a, s, what)))
		read_lines(a, s);
}

bool
search_each(struct store *s, const struct search *what,
    void (*fn)(void *arg, const char *line, size_t n), void *arg,
    struct buf *errmsg)
{
	enum db_answer answer = DB_FAILED;
	struct buf select = BUF_INIT;
	struct asking a;
	struct query *q;
	const char *line;

	begin(&a, s, what);
	plan_each(&a, s, what);
	add_number(&a, what->max > 0 ? what->max : INT64_MAX);
	add_number(&a, what->skip);
	put_line(&select, s, what);
	q = ask(&a, s, select.data, " ORDER BY time DESC, n DESC LIMIT ? "
	    "OFFSET ?", errmsg);
	while (q != NULL && (answer = query_step(q)) == DB_ROW) {
		line = query_column(q, 0);
		if (line != NULL)
			fn(arg, line, strlen(line));
	}
	if (q != NULL && answer == DB_FAILED)
		buf_puts(errmsg, db_errmsg(store_db(s)));
	query_free(q);
	buf_free(&select);
	end(&a);
	return answer == DB_DONE;
}
