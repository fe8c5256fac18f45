/*
 * http_client.h - one HTTP or HTTPS request after the other
 *
 * http_client_libcurl.c is the one; http_client_none.c stands in where libcurl
 * or zlib is not there, and says so. Both are loaded when the first client is
 * made (dlopen(3)): the programs are not linked to them. A certificate that
 * does not fit is an error, always; redirections are not followed. A client
 * keeps its connection from one request to the next, and belongs to one thread.
 */
#ifndef BASE_HTTP_CLIENT_H
#define BASE_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct http_client;

struct http_call {
	const char *url;
	const char *body;	/* sent by POST; NULL: GET */
	size_t n;
	const char *type;	/* Content-Type of the body */
	bool gzip;		/* compress it (RFC 1952) */
	const char *authorization;	/* value of the field, or NULL */
	const char *etag;	/* If-None-Match, or NULL */
	const char *ca_file;	/* PEM; NULL: those of the system */
	const char *certificate, *key;	/* PEM, of ours; or NULL */
	long timeout;		/* ms, for the whole of it */
	size_t max;		/* bytes of an answer; more is an error */
	/*
	 * An open file that gets the body of status 200, any other is not kept;
	 * NULL: the reply.
	 */
	const int *into;
};

struct http_reply {
	int status;		/* as 200 */
	long long retry_after;	/* ms; 0: it does not say */
	struct buf body;
	char *etag;		/* or NULL */
};

#define HTTP_REPLY_INIT { .body = BUF_INIT }

/* Is it built in? */
bool http_client_built(void);

/* NULL with words in errmsg. */
struct http_client *http_client_new(struct buf *errmsg);
void http_client_free(struct http_client *c);	/* NULL: nothing */

/*
 * False with words in errmsg: no server answered, or another one than the
 * certificate says. True: one did, whatever its status. The reply is emptied
 * first; http_reply_free() frees it.
 */
bool http_client_call(struct http_client *c, const struct http_call *call,
    struct http_reply *reply, struct buf *errmsg);
void http_reply_free(struct http_reply *reply);

#endif
