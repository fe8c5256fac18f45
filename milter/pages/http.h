/*
 * http.h - a small web server: GET, HEAD and POST, one request a connection
 *
 * http_libmicrohttpd.c is the one; http_none.c stands in where the library is
 * not there, and says so. It listens where a web server of the site can reach
 * it, on loopback or a UNIX socket, not on the internet. Every connection
 * ends after HTTP_LONGEST ms, whatever its peer does; everything runs in the
 * caller's thread.
 */
#ifndef PAGES_HTTP_H
#define PAGES_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define HTTP_LONGEST 15000
#define HTTP_CONNECTIONS 4096
#define HTTP_BODY_MAX (256 << 10)	/* of one POST; 413 beyond it */
#define HTTP_BODIES_MAX (64 << 20)	/* of all at once; 503 beyond it */
#define HTTP_ANSWERS_MAX (64 << 20)	/* the same of what is sent */

struct http;

/* NULL: not given. Raw: whatever the client sent. */
struct http_request {
	const char *path;		/* decoded, without the query */
	const char *client;		/* last of X-Forwarded-For */
	const char *language;		/* Accept-Language */
	const char *q, *l;		/* of the query; of a form sent by
					   POST, q is its field q */
	bool post;			/* by POST, not GET or HEAD */
	const char *type;		/* Content-Type; of POST */
	char *body;			/* of POST, of a form its q;
					   body[body_n] is NUL; the handler
					   may write over it */
	size_t body_n;
};

/* The handler fills it; zeroed but for the buf. */
struct http_answer {
	int status;
	const char *type;		/* media type */
	struct buf location;		/* with 303 */
	const char *allow;		/* with 405: "GET, HEAD" */
	struct buf body;
	bool cache;			/* may be kept for an hour */
};

typedef void http_handler(void *arg, const struct http_request *request,
    struct http_answer *answer);

/*
 * Serves the listening socket, which it owns then. NULL with words in errmsg.
 */
struct http *http_open(int fd, http_handler *handler, void *arg,
    struct buf *errmsg);
void http_close(struct http *h);	/* NULL: nothing */

/* Serves all of them for at most `ms`. */
void http_run(struct http *const *all, size_t n, int ms);

#endif
