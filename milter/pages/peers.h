/*
 * peers.h - the page of another host, for an id that names it
 *
 * What the page of that host shows is passed on as it is: it tells the public
 * no more than it would there, and needs no door of its own. A peer that fails
 * is not asked for two seconds. One thread.
 */
#ifndef PAGES_PEERS_H
#define PAGES_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct http_client;

#define PEERS_WAIT_MS 200

struct peer {
	int number;		/* its host-number */
	char *url;		/* up to the id: "https://mx2.example/why/" */
	int64_t retry;		/* clock_ms() before which it is not asked */
};

/* The options peers…; zeroed is none. */
struct peers {
	struct peer *v;
	size_t n, cap;
	char *ca_file, *certificate, *key;	/* PEM, or NULL */
	struct http_client *client;	/* made when it is needed */
};

/* OPTION_LIST: "2=https://mx2.example.org/why/"; slot: struct peers. */
bool peers_parse(void *base, void *slot, const char *value,
    struct buf *errmsg);
void peers_free(void *slot);

enum peer_answer {
	PEER_NONE,	/* no peer has that number */
	PEER_PAGE,	/* its page is appended */
	PEER_UNKNOWN,	/* it does not know the id either */
	PEER_SILENT	/* it did not answer in time */
};

/* Asks host `number` for the page of the id, in the language of that code. */
enum peer_answer peers_ask(struct peers *p, int number, const char *id,
    const char *language, struct buf *page);

#endif
