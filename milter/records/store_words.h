/*
 * store_words.h - what a record is found by: the index of words of the store
 *
 * One index for all (FTS5 of SQLite, where it has it): the words of a record,
 * and for each address, domain, name, network, login and queue id a key, which
 * is a word that nobody writes. It is written in the order of time, so that
 * it costs the same however large it is. What a key finds is looked at again
 * in the columns. Words and keys of a record follow from its line alone.
 */
#ifndef RECORDS_STORE_WORDS_H
#define RECORDS_STORE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct db;
struct net;
struct parsed_record;

enum store_key { STORE_KEY_CLIENT, STORE_KEY_NAME, STORE_KEY_DOMAIN,
	STORE_KEY_SENDER, STORE_KEY_RECIPIENT, STORE_KEY_LOGIN,
	STORE_KEY_QUEUE_ID };

/* All of a record, with blanks between. */
void store_words_put(struct buf *out, const struct parsed_record *t,
    const char *line, size_t n);

/* The key of a value, which counts without case. A blank goes before it. */
void store_words_key(struct buf *out, enum store_key kind, const char *value);

/*
 * The key of a network that holds this one; *exact: it is this one. False:
 * there is none so large.
 */
bool store_words_net(struct buf *out, const struct net *net, bool *exact);

/*
 * What an index must match to hold these words, as FTS5 asks for it; the last
 * word may go on. *exact: it is one word, so that what is found has it. False:
 * there is no word in it.
 */
bool store_words_query(struct buf *out, const char *text, bool *exact);

/* Has this database the index? */
bool store_words_there(struct db *db);

/* Makes the index and fills it; true too when SQLite has no FTS5. */
bool store_words_make(struct db *db);

/*
 * Has more parts of the index wait until they become one: so a record is
 * written anew twice until there are ten million, not three times.
 */
bool store_words_merge_less(struct db *db);

/* Row `n` is found by these words no more. False: failed. */
bool store_words_remove(struct db *db, int64_t n, const char *line);
bool store_words_add(struct db *db, int64_t n, const char *line);

#endif
