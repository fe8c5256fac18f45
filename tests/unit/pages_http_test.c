/* pages_http_test - whose request it is, and how much is answered at once */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "pages/http.h"

static char client[100];
static size_t size = 1;		/* of an answer */
static int answered;

static void
answer(void *arg, const struct http_request *r, struct http_answer *a)
{
	char *body;

	(void)arg;
	snprintf(client, sizeof client, "%s", r->client != NULL ? r->client :
	    "nobody");
	a->status = 200;
	a->type = "text/plain";
	answered++;
	body = mem_alloc(size);
	memset(body, 'x', size);
	buf_put(&a->body, body, size);
	free(body);
}

static int
listener(struct sockaddr_in *at)
{
	socklen_t n = sizeof *at;
	int fd = socket(AF_INET, SOCK_STREAM, 0), little = 4096;

	/* The kernel would keep megabytes on the way. */
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &little, sizeof little);
	memset(at, 0, sizeof *at);
	at->sin_family = AF_INET;
	at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)at, sizeof *at), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)at, &n), 0);
	return fd;
}

static int
request(const struct sockaddr_in *at, const char *fields)
{
	struct buf text = BUF_INIT;
	int fd = socket(AF_INET, SOCK_STREAM, 0), little = 4096;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
	buf_printf(&text, "GET / HTTP/1.0\r\n%s\r\n", fields);
	assert_int_equal(connect(fd, (const struct sockaddr *)at, sizeof *at),
	    0);
	assert_int_equal(write(fd, text.data, text.len), text.len);
	buf_free(&text);
	return fd;
}

/* Until so many were answered, but not for ever. */
static void
serve(struct http *h, int wanted)
{
	int i;

	for (i = 0; i < 100 && answered < wanted; i++)
		http_run(&h, 1, 100);
	assert_int_equal(answered, wanted);
	answered = 0;
}

static void
ask(struct http *h, const struct sockaddr_in *at, const char *fields)
{
	int fd = request(at, fields);

	serve(h, 1);
	close(fd);
}

/* What the client itself claims stands before what our own server adds. */
static void
test_last_proxy_counts(void **state)
{
	static const struct {
		const char *fields, *client;
	} cases[] = {
		{ "", "nobody" },
		{ "X-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1" },
		{ "X-Forwarded-For: 192.0.2.1, \t192.0.2.2\r\n", "192.0.2.2" },
		{ "X-Forwarded-For: 192.0.2.1\r\nx-forwarded-for: 192.0.2.2"
		    "\r\n", "192.0.2.2" },
		{ "X-Forwarded-For: 192.0.2.1, 192.0.2.9\r\nHost: x\r\n"
		    "X-Forwarded-For: 192.0.2.8,2001:db8::2\r\n",
		    "2001:db8::2" },
		/* Of the server before us alone. */
		{ "Forwarded: for=192.0.2.1\r\nX-Real-IP: 192.0.2.1\r\n",
		    "nobody" },
	};
	struct buf errmsg = BUF_INIT;
	struct sockaddr_in at;
	int fd = listener(&at);
	struct http *h = http_open(fd, answer, NULL, &errmsg);
	size_t i;

	(void)state;
	if (h == NULL)		/* built without libmicrohttpd */
		skip();
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		ask(h, &at, cases[i].fields);
		assert_string_equal(client, cases[i].client);
	}
	http_close(h);
	buf_free(&errmsg);
}

static int
status_of(int fd)
{
	char line[16] = "";
	int status = 0;

	assert_int_equal(recv(fd, line, 12, 0), 12);
	assert_int_equal(sscanf(line, "HTTP/1.%*1[01] %d", &status), 1);
	return status;
}

/* Nobody reads it: there is room for one, and again when it goes. */
static void
test_answers_have_a_bound(void **state)
{
	struct buf errmsg = BUF_INIT;
	struct sockaddr_in at;
	int fd = listener(&at), first, second, status = 0, i;
	struct http *h = http_open(fd, answer, NULL, &errmsg);

	(void)state;
	if (h == NULL)
		skip();
	size = HTTP_ANSWERS_MAX / 2 + 1;
	first = request(&at, "");
	second = request(&at, "");
	serve(h, 2);
	assert_int_equal(status_of(first) + status_of(second), 200 + 503);
	close(first);
	close(second);
	for (i = 0; i < 100 && status != 200; i++) {
		first = request(&at, "");
		serve(h, 1);
		status = status_of(first);
		close(first);
	}
	assert_int_equal(status, 200);
	size = 1;
	http_close(h);
	buf_free(&errmsg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last_proxy_counts),
		cmocka_unit_test(test_answers_have_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
