/* store_words - what a record is found by: the index of words of the store */

#include "records/store_words.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"
#include "base/siphash.h"
#include "records/db.h"
#include "records/record_read.h"

#define WORD_MAX 64
#define KEY_DIGITS 8		/* 40 bits: the columns are looked at, too */
#define LABELS_MAX 16		/* of a client's name, from the right */

/* Prefixes that have keys, in bits of an address of 128; the longest first. */
static const unsigned prefixes[] = { 120, 118, 116, 112, 104, 64, 48, 32 };

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	    (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static void
put_key(struct buf *out, char kind, const void *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	static const uint64_t fixed[2] = { 0x73746f7265, 0x776f726473 };
	uint64_t bits = siphash(fixed, bytes, n);
	char key[KEY_DIGITS + 3];
	int i;

	key[0] = ' ';
	key[1] = 'z';
	key[2] = kind;
	for (i = 0; i < KEY_DIGITS; i++, bits >>= 5)
		key[3 + i] = digits[bits & 31];
	buf_put(out, key, sizeof key);
}

void
store_words_key(struct buf *out, enum store_key kind, const char *value)
{
	char small[256];
	size_t i, n = strlen(value);

	if (n > sizeof small)
		n = sizeof small;
	for (i = 0; i < n; i++)
		small[i] = lower(value[i]);
	put_key(out, (char)('a' + kind), small, n);
}

/* A network of that many bits: its bytes and its size. */
static void
put_net(struct buf *out, const struct ip *ip, unsigned prefix)
{
	unsigned char bytes[17] = { 0 };

	memcpy(bytes, ip->b, prefix / 8);
	bytes[16] = (unsigned char)prefix;
	put_key(out, 'n', bytes, sizeof bytes);
}

bool
store_words_net(struct buf *out, const struct net *net, bool *exact)
{
	size_t i;

	*exact = net->prefix == 128;
	if (*exact) {
		put_net(out, &net->ip, 128);
		return true;
	}
	for (i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
		if (prefixes[i] <= net->prefix && (prefixes[i] > 96) ==
		    ip_is_v4(&net->ip)) {
			put_net(out, &net->ip, prefixes[i]);
			*exact = prefixes[i] == net->prefix;
			return true;
		}
	return false;
}

static void
put_client(struct buf *out, const char *address)
{
	struct ip ip;
	size_t i;

	if (address == NULL || !ip_parse(address, &ip))
		return;
	put_net(out, &ip, 128);
	for (i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
		if ((prefixes[i] > 96) == ip_is_v4(&ip))
			put_net(out, &ip, prefixes[i]);
}

/* The name, and every name above it. */
static void
put_name(struct buf *out, const char *name)
{
	const char *at = name != NULL ? strchr(name, '\0') : NULL;
	int labels = 0;

	while (at != NULL && at > name && labels < LABELS_MAX)
		if (*--at == '.') {
			store_words_key(out, STORE_KEY_NAME, at + 1);
			labels++;
		}
	if (name != NULL)
		store_words_key(out, STORE_KEY_NAME, name);
}

static void
put_address(struct buf *out, enum store_key kind, const char *address)
{
	const char *at = address != NULL ? strrchr(address, '@') : NULL;

	if (address != NULL)
		store_words_key(out, kind, address);
	if (at != NULL)
		store_words_key(out, STORE_KEY_DOMAIN, at + 1);
}

static void
put_keys(struct buf *out, const struct parsed_record *t)
{
	const char *login = parsed_text(t, "login");
	const char *queue_id = parsed_text(t, "queue_id");
	size_t i, n = parsed_count(t, "recipients");

	put_client(out, parsed_text(t, "client.address"));
	put_name(out, parsed_text(t, "client.name"));
	put_address(out, STORE_KEY_SENDER, parsed_text(t, "sender"));
	for (i = 0; i < n; i++)
		put_address(out, STORE_KEY_RECIPIENT,
		    parsed_item(t, "recipients", i));
	if (login != NULL)
		store_words_key(out, STORE_KEY_LOGIN, login);
	if (queue_id != NULL)
		store_words_key(out, STORE_KEY_QUEUE_ID, queue_id);
}

/* One word; returns where it ends. */
static const char *
put_word(struct buf *out, const char *at, const char *end)
{
	char word[WORD_MAX + 1] = " ";
	size_t n = 1;

	for (; at < end && is_word(*at); at++)
		if (n < sizeof word)
			word[n++] = lower(*at);
	buf_put(out, word, n);
	return at;
}

/* The words of a JSON string; returns the quote at its end. */
static const char *
put_string(struct buf *out, const char *at, const char *end)
{
	while (at < end && *at != '"') {
		if (is_word(*at))
			at = put_word(out, at, end);
		else if (*at != '\\' || end - at < 2)
			at++;
		else
			at += at[1] == 'u' && end - at >= 6 ? 6 : 2;
	}
	return at;
}

/* Strings that are values; what nobody looks for by words is left out. */
static void
put_words(struct buf *out, const char *line, size_t n)
{
	const char *at = line, *end = line + n, *begin;
	bool skip = false;
	size_t before;

	while ((at = memchr(at, '"', (size_t)(end - at))) != NULL) {
		begin = ++at;
		before = out->len;
		at = put_string(out, at, end);
		if (at >= end)
			break;
		if (at + 1 < end && at[1] == ':') {
			buf_cut(out, before);
			skip = (at - begin == 4 && memcmp(begin, "time", 4) ==
			    0) || (at - begin == 2 &&
			    memcmp(begin, "id", 2) == 0);
		} else if (skip) {
			buf_cut(out, before);
			skip = false;
		}
		at++;
	}
}

void
store_words_put(struct buf *out, const struct parsed_record *t,
    const char *line, size_t n)
{
	put_keys(out, t);
	put_words(out, line, n);
}

bool
store_words_query(struct buf *out, const char *text, bool *exact)
{
	const char *end = strchr(text, '\0'), *at = text;
	size_t words = 0, others = 0;

	while (at < end)
		if (is_word(*at)) {
			buf_puts(out, words++ > 0 ? " AND" : "");
			buf_puts(out, " \"");
			at = put_word(out, at, end);
			buf_puts(out, at == end ? "\"*" : "\"");
		} else {
			at++;
			others++;
		}
	*exact = words == 1 && others == 0;
	return words > 0;
}

bool
store_words_there(struct db *db)
{
	return db_number(db, "SELECT count(*) FROM sqlite_master "
	    "WHERE name = 'words'", 0) > 0;
}

static bool
change(struct db *db, const char *sql, int64_t n, const char *line)
{
	struct parsed_record *t = record_read(line, strlen(line));
	struct query *q = t != NULL ? db_query(db, sql) : NULL;
	struct buf words = BUF_INIT;
	bool good = t == NULL;

	if (q != NULL) {
		store_words_put(&words, t, line, strlen(line));
		query_int(q, n);
		query_text(q, words.data);
		good = query_step(q) == DB_DONE;
	}
	query_free(q);
	parsed_free(t);
	buf_free(&words);
	return good;
}

bool
store_words_remove(struct db *db, int64_t n, const char *line)
{
	return change(db, "INSERT INTO words (words, rowid, t) "
	    "VALUES ('delete', ?, ?)", n, line);
}

bool
store_words_add(struct db *db, int64_t n, const char *line)
{
	return change(db, "INSERT INTO words (rowid, t) VALUES (?, ?)", n,
	    line);
}

static bool
fill(struct db *db)
{
	struct query *q = db_query(db, "SELECT n, json FROM line ORDER BY n");
	enum db_answer answer = DB_FAILED;
	bool good = q != NULL;

	while (good && (answer = query_step(q)) == DB_ROW)
		good = query_column(q, 1) == NULL || store_words_add(db,
		    query_column_int(q, 0), query_column(q, 1));
	query_free(q);
	return good && answer == DB_DONE;
}

bool
store_words_make(struct db *db)
{
	if (db_number(db, "SELECT sqlite_compileoption_used('ENABLE_FTS5')",
	    0) == 0)
		return true;
	return db_run(db, "CREATE VIRTUAL TABLE words USING fts5 "
	    "(t, content = '', detail = none, columnsize = 0,"
	    " tokenize = ascii);"
	    "INSERT INTO words (words, rank) VALUES ('hashsize', 8388608);"
	    "INSERT INTO words (words, rank) VALUES ('automerge', 8);"
	    "DROP INDEX IF EXISTS record_client;"
	    "DROP INDEX IF EXISTS record_sender;"
	    "DROP INDEX IF EXISTS record_queue_id;"
	    "DROP INDEX IF EXISTS recipient_address") &&
	    fill(db);
}

/* Sixteen parts; twice as many before whoever adds one has to wait for it. */
bool
store_words_merge_less(struct db *db)
{
	return !store_words_there(db) || db_run(db,
	    "INSERT INTO words (words, rank) VALUES ('automerge', 16);"
	    "INSERT INTO words (words, rank) VALUES ('crisismerge', 32)");
}
