/*
 * http_libmicrohttpd - a small web server: GET, HEAD and POST
 *
 * The library is loaded by who serves (dlopen(3)): it brings along nine others.
 * saywhyd is linked to it.
 */

#include "pages/http.h"

#include <microhttpd.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/library.h"
#include "base/log.h"
#include "base/mem.h"

#define MEMORY 16384		/* of one connection: its header */
#define IDLE_SECONDS 5u
#define HTTP_TOO_LARGE 413	/* its name differs among versions */
#define SPARE_MAX 8

#define FUNCTIONS(F) \
	F(MHD_add_response_header) F(MHD_create_post_processor) \
	F(MHD_create_response_from_buffer) F(MHD_destroy_post_processor) \
	F(MHD_destroy_response) F(MHD_get_connection_info) \
	F(MHD_get_connection_values) F(MHD_get_daemon_info) \
	F(MHD_get_timeout) F(MHD_http_unescape) \
	F(MHD_lookup_connection_value) F(MHD_post_process) \
	F(MHD_queue_response) F(MHD_run) F(MHD_start_daemon) \
	F(MHD_stop_daemon)

LIBRARY_OF(FUNCTIONS, SAYWHY_LIBMICROHTTPD, NULL)

/* The library's own deadline begins anew with every byte; ours does not. */
struct visit {
	struct visit *next, *previous;
	int fd;
	int64_t began;
	size_t answer;			/* bytes that are kept to be sent */
};

struct http {
	struct MHD_Daemon *daemon;
	http_handler *handler;
	void *arg;
	struct visit visits;		/* head of a ring, oldest first */
	bool answered;			/* there may be more at once */
	size_t bodies;			/* bytes of all bodies in memory */
	size_t answers;			/* the same of answers */
};

/* What a client sends by POST, as it comes. */
struct upload {
	struct MHD_PostProcessor *form;	/* NULL: no form */
	struct buf text;		/* field q of a form; else the body */
	size_t n;			/* bytes that came */
	int status;			/* why it is not taken; 0: it is */
};

static void
on_connection(void *arg, struct MHD_Connection *c, void **slot,
    enum MHD_ConnectionNotificationCode code)
{
	struct http *h = arg;
	struct visit *v = *slot;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		v->previous->next = v->next;
		v->next->previous = v->previous;
		h->answers -= v->answer;
		free(v);
		return;
	}
	v = mem_alloc(sizeof *v);
	v->fd = lib.MHD_get_connection_info(c,
	    MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	v->began = clock_ms();
	v->next = &h->visits;
	v->previous = h->visits.previous;
	v->previous->next = h->visits.previous = v;
	*slot = v;
}

static void
end_long_visits(struct http *h)
{
	int64_t oldest = clock_ms() - HTTP_LONGEST;
	struct visit *v;

	for (v = h->visits.next; v != &h->visits && v->began < oldest;
	    v = v->next)
		shutdown(v->fd, SHUT_RDWR);
}

/* What a browser must not do with our pages. */
static void
add_headers(struct MHD_Response *r, const struct http_answer *a)
{
	static const char *const headers[][2] = {
		{ "Connection", "close" },
		{ "Content-Security-Policy", "default-src 'none'; "
		    "style-src 'self'; form-action 'self'; base-uri 'none'; "
		    "frame-ancestors 'none'" },
		{ "X-Content-Type-Options", "nosniff" },
		{ "X-Frame-Options", "DENY" },
		{ "Referrer-Policy", "no-referrer" },
		{ "Cross-Origin-Opener-Policy", "same-origin" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
		{ "Permissions-Policy", "camera=(), geolocation=(), "
		    "microphone=()" },
		{ "X-Robots-Tag", "noindex, nofollow" },
		{ "Vary", "Accept-Language" },
	};
	size_t i;

	for (i = 0; i < sizeof headers / sizeof headers[0]; i++)
		lib.MHD_add_response_header(r, headers[i][0], headers[i][1]);
	lib.MHD_add_response_header(r, "Content-Type", a->type);
	lib.MHD_add_response_header(r, "Cache-Control", a->cache ?
	    "public, max-age=3600" : "no-store");
	if (a->location.len > 0)
		lib.MHD_add_response_header(r, "Location", a->location.data);
	if (a->allow != NULL)
		lib.MHD_add_response_header(r, "Allow", a->allow);
	if (a->status == MHD_HTTP_TOO_MANY_REQUESTS ||
	    a->status == MHD_HTTP_SERVICE_UNAVAILABLE)
		lib.MHD_add_response_header(r, "Retry-After", "60");
}

/* Who asks and does not read keeps an answer in our memory. */
static void
bound_answers(struct http *h, struct MHD_Connection *c, struct http_answer *a)
{
	struct visit *v = lib.MHD_get_connection_info(c,
	    MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;

	if (h->answers + a->body.len > HTTP_ANSWERS_MAX) {
		buf_free(&a->body);
		a->status = MHD_HTTP_SERVICE_UNAVAILABLE;
	}
	v->answer += a->body.len;
	h->answers += a->body.len;
}

static enum MHD_Result
send_answer(struct MHD_Connection *c, struct http_answer *a)
{
	struct MHD_Response *r;
	enum MHD_Result sent;
	size_t n = a->body.len;

	r = lib.MHD_create_response_from_buffer(n, buf_steal(&a->body),
	    MHD_RESPMEM_MUST_FREE);
	if (r == NULL)
		return MHD_NO;
	add_headers(r, a);
	sent = lib.MHD_queue_response(c, (unsigned)a->status, r);
	lib.MHD_destroy_response(r);
	return sent;
}

/* The web server before us adds the client's address at the end. */
static const char *
last_of(const char *forwarded)
{
	const char *comma = forwarded != NULL ? strrchr(forwarded, ',') : NULL;

	if (comma == NULL)
		return forwarded;
	return comma + 1 + strspn(comma + 1, " \t");
}

/* Of several such fields the last one is that of the server before us. */
static enum MHD_Result
on_field(void *arg, enum MHD_ValueKind kind, const char *name,
    const char *value)
{
	const char **forwarded = arg;

	(void)kind;
	if (strcasecmp(name, "X-Forwarded-For") == 0)
		*forwarded = value;
	return MHD_YES;
}

/* The field q of a form, in pieces. */
static enum MHD_Result
on_form(void *arg, enum MHD_ValueKind kind, const char *key,
    const char *filename, const char *type, const char *encoding,
    const char *data, uint64_t at, size_t n)
{
	struct upload *u = arg;

	(void)kind;
	(void)filename;
	(void)type;
	(void)encoding;
	(void)at;
	if (strcmp(key, "q") == 0)
		buf_put(&u->text, data, n);
	return MHD_YES;
}

static struct upload *
upload_begin(struct MHD_Connection *c)
{
	struct upload *u = mem_alloc(sizeof *u);
	const char *length = lib.MHD_lookup_connection_value(c, MHD_HEADER_KIND,
	    "Content-Length");

	u->text = (struct buf)BUF_INIT;
	if (length != NULL && strtoull(length, NULL, 10) > HTTP_BODY_MAX)
		u->status = HTTP_TOO_LARGE;
	u->form = lib.MHD_create_post_processor(c, 1024, on_form, u);
	return u;
}

static void
upload_add(struct http *h, struct upload *u, const char *bytes, size_t n)
{
	if (u->n + n > HTTP_BODY_MAX)
		u->status = HTTP_TOO_LARGE;
	else if (h->bodies + n > HTTP_BODIES_MAX)
		u->status = MHD_HTTP_SERVICE_UNAVAILABLE;
	if (u->status != 0)
		return;
	h->bodies += n;
	u->n += n;
	if (u->form != NULL)
		lib.MHD_post_process(u->form, bytes, n);
	else
		buf_put(&u->text, bytes, n);
}

static void
on_completed(void *arg, struct MHD_Connection *c, void **slot,
    enum MHD_RequestTerminationCode code)
{
	struct http *h = arg;
	struct upload *u = *slot;

	(void)c;
	(void)code;
	if (u == NULL)
		return;
	h->bodies -= u->n;
	if (u->form != NULL)
		lib.MHD_destroy_post_processor(u->form);
	buf_free(&u->text);
	free(u);
	*slot = NULL;
}

static void
ask_handler(struct http *h, struct MHD_Connection *c, const char *url,
    struct upload *u, struct http_answer *a)
{
	struct http_request r = { .path = url };
	const char *forwarded = NULL;

	lib.MHD_get_connection_values(c, MHD_HEADER_KIND, on_field, &forwarded);
	r.client = last_of(forwarded);
	r.language = lib.MHD_lookup_connection_value(c, MHD_HEADER_KIND,
	    "Accept-Language");
	r.q = lib.MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "q");
	r.l = lib.MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "l");
	if (u != NULL) {
		r.post = true;
		r.type = lib.MHD_lookup_connection_value(c, MHD_HEADER_KIND,
		    "Content-Type");
		r.body = u->text.data;
		r.body_n = u->text.len;
		escape_nul(u->text.data, u->form != NULL ? u->text.len : 0);
		r.q = u->form != NULL ? u->text.data : NULL;
	}
	h->handler(h->arg, &r, a);
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *bytes, size_t *n,
    void **slot)
{
	struct http *h = arg;
	struct upload *u = *slot;
	struct http_answer a = { .status = MHD_HTTP_METHOD_NOT_ALLOWED,
		.type = "text/plain; charset=utf-8", .location = BUF_INIT,
		.body = BUF_INIT };
	bool post = strcmp(method, "POST") == 0;
	enum MHD_Result sent;

	(void)version;
	h->answered = true;
	if (post && u == NULL) {
		u = *slot = upload_begin(c);
		if (u->status == 0)
			return MHD_YES;
	}
	if (post && *n > 0) {
		upload_add(h, u, bytes, *n);
		*n = 0;
		return MHD_YES;
	}
	if (post && u->status != 0)
		a.status = u->status;
	else if (post || strcmp(method, "GET") == 0 ||
	    strcmp(method, "HEAD") == 0)
		ask_handler(h, c, url, u, &a);
	else
		a.allow = "GET, HEAD, POST";
	bound_answers(h, c, &a);
	sent = send_answer(c, &a);
	buf_free(&a.location);
	return sent;
}

static void
on_log(void *arg, const char *fmt, va_list ap)
{
	struct buf b = BUF_INIT;

	(void)arg;
	buf_vprintf(&b, fmt, ap);
	log_debug("page: %s", b.data);
	buf_free(&b);
}

/* A NUL would end the path where we read it, and not where it ends. */
static size_t
unescape(void *arg, struct MHD_Connection *c, char *text)
{
	char *at;

	(void)arg;
	(void)c;
	while ((at = strstr(text, "%00")) != NULL)
		memcpy(at, "%3F", 3);
	return lib.MHD_http_unescape(text);
}

static struct MHD_Daemon *
start(int fd, struct http *h)
{
	return lib.MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0,
	    NULL, NULL, on_request, h,
	    MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
	    MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_CONNECTIONS,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY,
	    MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
	    MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
	    MHD_OPTION_END);
}

struct http *
http_open(int fd, http_handler *handler, void *arg, struct buf *errmsg)
{
	struct http *h = mem_alloc(sizeof *h);

	h->handler = handler;
	h->arg = arg;
	h->visits.next = h->visits.previous = &h->visits;
	if (is_there())
		h->daemon = start(fd, h);
	if (h->daemon != NULL)
		return h;
	buf_puts(errmsg, library.missing[0] == '\0' ?
	    "the web server does not start" : library.missing);
	close(fd);
	free(h);
	return NULL;
}

void
http_close(struct http *h)
{
	if (h == NULL)
		return;
	lib.MHD_stop_daemon(h->daemon);
	free(h);
}

static void
serve(struct http *h)
{
	do {
		h->answered = false;
		lib.MHD_run(h->daemon);
	} while (h->answered);
	end_long_visits(h);
}

/* How long the library may wait. */
static int
patience(struct http *h, int ms)
{
	MHD_UNSIGNED_LONG_LONG wanted;

	if (lib.MHD_get_timeout(h->daemon, &wanted) == MHD_YES &&
	    wanted < (MHD_UNSIGNED_LONG_LONG)ms)
		return (int)wanted;
	return ms;
}

void
http_run(struct http *const *all, size_t n, int ms)
{
	struct pollfd fds[SPARE_MAX];
	size_t i;

	for (i = 0; i < n && i < SPARE_MAX; i++) {
		fds[i] = (struct pollfd){ .events = POLLIN,
			.fd = lib.MHD_get_daemon_info(all[i]->daemon,
			    MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd };
		ms = patience(all[i], ms);
	}
	poll(fds, i, ms);
	while (i-- > 0)
		serve(all[i]);
}
