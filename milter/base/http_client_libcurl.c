/* http_client_libcurl - HTTP by libcurl; with zlib, which it needs itself */

#include "base/http_client.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <zlib.h>

#include "base/library.h"
#include "base/mem.h"

#define WAIT_MAX 3600		/* s; no server may ask for more */

#define CURL_FUNCTIONS \
	F(curl_global_init) F(curl_easy_init) F(curl_easy_cleanup) \
	F(curl_easy_reset) F(curl_easy_perform) F(curl_easy_strerror) \
	F(curl_slist_append) F(curl_slist_free_all)
#define ZLIB_FUNCTIONS F(deflateInit2_) F(deflate) F(deflateBound) F(deflateEnd)

static struct {
#define F(name) __typeof__(name) *name;
	CURL_FUNCTIONS
	ZLIB_FUNCTIONS
#undef F
	/* These have any number of arguments, and macros of their names. */
	CURLcode (*setopt)(CURL *curl, CURLoption option, ...);
	CURLcode (*getinfo)(CURL *curl, CURLINFO info, ...);
	bool started;
} lib;

#define F(name) { #name, (void **)&lib.name },
static const struct library_function curl_functions[] = {
	CURL_FUNCTIONS
	{ "curl_easy_setopt", (void **)&lib.setopt },
	{ "curl_easy_getinfo", (void **)&lib.getinfo }
};
static const struct library_function zlib_functions[] = { ZLIB_FUNCTIONS };
#undef F
static struct library libcurl = LIBRARY("libcurl.so.4", curl_functions, NULL);
static struct library zlib = LIBRARY("libz.so.1", zlib_functions, NULL);

struct http_client {
	CURL *curl;
	char words[CURL_ERROR_SIZE];
	struct http_reply *reply;	/* of the call under way */
	size_t max, taken;
	const int *into;
	bool too_much;
	int unwritten;	/* errno of a write to `into`; 0: all was written */
};

static void
start(void)
{
	lib.started = lib.curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

/* NULL: HTTP can be spoken. */
static const char *
missing(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (!library_load(&libcurl))
		return libcurl.missing;
	if (!library_load(&zlib))
		return zlib.missing;
	pthread_once(&once, start);
	return lib.started ? NULL : "libcurl does not start";
}

bool
http_client_built(void)
{
	return true;
}

struct http_client *
http_client_new(struct buf *errmsg)
{
	const char *words = missing();
	struct http_client *c;

	if (words != NULL) {
		buf_printf(errmsg, "HTTP cannot be spoken: %s", words);
		return NULL;
	}
	c = mem_alloc(sizeof *c);
	c->curl = lib.curl_easy_init();
	if (c->curl == NULL)
		mem_gone();
	return c;
}

void
http_client_free(struct http_client *c)
{
	if (c == NULL)
		return;
	lib.curl_easy_cleanup(c->curl);
	free(c);
}

static bool
is_for_file(struct http_client *c)
{
	long status = 0;

	lib.getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	return c->into != NULL && status == 200;
}

static bool
write_body(struct http_client *c, const char *bytes, size_t n)
{
	ssize_t done;

	for (; n > 0; n -= (size_t)done, bytes += done) {
		done = write(*c->into, bytes, n);
		if (done < 0 && errno == EINTR)
			done = 0;
		if (done < 0) {
			c->unwritten = errno;
			return false;
		}
	}
	return true;
}

static size_t
take_body(char *bytes, size_t size, size_t n, void *arg)
{
	struct http_client *c = arg;

	n *= size;
	if (n > c->max || c->taken > c->max - n) {
		c->too_much = true;
		return 0;
	}
	c->taken += n;
	if (is_for_file(c))
		return write_body(c, bytes, n) ? n : 0;
	/* What is said instead of a file may be as long as one. */
	if (c->into != NULL)
		return n;
	buf_put(&c->reply->body, bytes, n);
	return n;
}

/* One line of the header; of those, ETag alone matters (RFC 9110 8.8.3). */
static size_t
take_field(char *line, size_t size, size_t n, void *arg)
{
	struct http_client *c = arg;
	size_t from = 5, to = n * size;

	if (to < 5 || strncasecmp(line, "etag:", 5) != 0)
		return n * size;
	while (from < to && line[from] == ' ')
		from++;
	while (to > from && (line[to - 1] == '\r' || line[to - 1] == '\n'))
		to--;
	free(c->reply->etag);
	c->reply->etag = mem_ndup(line + from, to - from);
	return n * size;
}

/* As a gzip member: 15 bits of window, 16 more for its header. */
static void
compress_body(const struct http_call *call, struct buf *out)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)call->body,
		.avail_in = (uInt)call->n };
	size_t bound;
	Bytef *bytes;

	if (lib.deflateInit2_(&z, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8,
	    Z_DEFAULT_STRATEGY, ZLIB_VERSION, (int)sizeof z) != Z_OK)
		mem_gone();
	bound = lib.deflateBound(&z, (uLong)call->n);
	bytes = mem_alloc(bound);
	z.next_out = bytes;
	z.avail_out = (uInt)bound;
	lib.deflate(&z, Z_FINISH);
	buf_put(out, bytes, bound - z.avail_out);
	lib.deflateEnd(&z);
	free(bytes);
}

static void
add_field(struct curl_slist **fields, const char *name, const char *value)
{
	struct buf line = BUF_INIT;
	struct curl_slist *more;

	if (value == NULL)
		return;
	buf_printf(&line, "%s: %s", name, value);
	more = lib.curl_slist_append(*fields, line.data);
	if (more == NULL)
		mem_gone();
	*fields = more;
	buf_free(&line);
}

static void
set_text(struct http_client *c, CURLoption option, const char *value)
{
	if (value != NULL)
		lib.setopt(c->curl, option, value);
}

static void
prepare(struct http_client *c, const struct http_call *call)
{
	lib.curl_easy_reset(c->curl);
	c->words[0] = '\0';
	c->max = call->max;
	c->taken = 0;
	c->into = call->into;
	c->too_much = false;
	c->unwritten = 0;
	lib.setopt(c->curl, CURLOPT_ERRORBUFFER, c->words);
	lib.setopt(c->curl, CURLOPT_URL, call->url);
	lib.setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
	lib.setopt(c->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	lib.setopt(c->curl, CURLOPT_TIMEOUT_MS, call->timeout);
	lib.setopt(c->curl, CURLOPT_USERAGENT, "saywhy/" SAYWHY_VERSION);
	lib.setopt(c->curl, CURLOPT_WRITEFUNCTION, take_body);
	lib.setopt(c->curl, CURLOPT_WRITEDATA, (void *)c);
	lib.setopt(c->curl, CURLOPT_HEADERFUNCTION, take_field);
	lib.setopt(c->curl, CURLOPT_HEADERDATA, (void *)c);
	set_text(c, CURLOPT_CAINFO, call->ca_file);
	set_text(c, CURLOPT_SSLCERT, call->certificate);
	set_text(c, CURLOPT_SSLKEY, call->key);
}

static CURLcode
perform(struct http_client *c, const struct http_call *call)
{
	struct curl_slist *fields = NULL;
	struct buf small = BUF_INIT;
	CURLcode code;

	add_field(&fields, "Authorization", call->authorization);
	add_field(&fields, "If-None-Match", call->etag);
	if (call->body != NULL) {
		if (call->gzip)
			compress_body(call, &small);
		add_field(&fields, "Content-Type", call->type);
		add_field(&fields, "Content-Encoding", call->gzip ? "gzip" :
		    NULL);
		/* No "100 Continue" is waited for (RFC 9110 10.1.1). */
		add_field(&fields, "Expect", "");
		lib.setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)(call->gzip ? small.len : call->n));
		lib.setopt(c->curl, CURLOPT_POSTFIELDS, call->gzip ?
		    small.data : call->body);
	}
	lib.setopt(c->curl, CURLOPT_HTTPHEADER, fields);
	code = lib.curl_easy_perform(c->curl);
	lib.curl_slist_free_all(fields);
	buf_free(&small);
	return code;
}

bool
http_client_call(struct http_client *c, const struct http_call *call,
    struct http_reply *reply, struct buf *errmsg)
{
	curl_off_t wait = 0;
	long status = 0;
	CURLcode code;

	http_reply_free(reply);
	*reply = (struct http_reply)HTTP_REPLY_INIT;
	c->reply = reply;
	prepare(c, call);
	code = perform(c, call);
	if (code != CURLE_OK) {
		buf_puts(errmsg, c->too_much ? "the answer is too long" :
		    c->unwritten != 0 ? strerror(c->unwritten) :
		    c->words[0] != '\0' ? c->words :
		    lib.curl_easy_strerror(code));
		return false;
	}
	lib.getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	lib.getinfo(c->curl, CURLINFO_RETRY_AFTER, &wait);
	reply->status = (int)status;
	reply->retry_after = (long long)(wait < WAIT_MAX ? wait : WAIT_MAX) *
	    1000;
	return true;
}

void
http_reply_free(struct http_reply *reply)
{
	buf_free(&reply->body);
	free(reply->etag);
	reply->etag = NULL;
}
