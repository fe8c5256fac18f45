/*
 * socketmap.h - the protocol in which mail servers ask a table (socketmap)
 *
 * A request is a netstring "LEN:map key,", the answer one that begins with
 * OK, NOTFOUND, TEMP, TIMEOUT or PERM (Postfix: socketmap_table(5); Sendmail:
 * cf/README, "socket map"). Pure: bytes in, bytes out.
 */
#ifndef DOORS_SOCKETMAP_H
#define DOORS_SOCKETMAP_H

#include <stddef.h>

struct buf;

/* Bytes of a request's content: a reply of 32 long lines fits. */
#define SOCKETMAP_MAX 32768

struct socketmap_query {
	const char *map;	/* points into the request, n bytes */
	size_t map_n;
	const char *key;
	size_t key_n;
};

/*
 * Reads one request from the n bytes at `in`. Returns its length, 0 when it
 * is not complete yet, SERVER_CLOSE (server.h) when it can never be one: no
 * plain length without leading zeros, longer than SOCKETMAP_MAX, no comma
 * at its end, no blank after the map's name.
 */
size_t socketmap_read(const char *in, size_t n, struct socketmap_query *q);

/* Appends the answer: "OK" and data, or "NOTFOUND" with none. */
void socketmap_found(struct buf *out, const char *data, size_t n);
void socketmap_not_found(struct buf *out);

#endif
