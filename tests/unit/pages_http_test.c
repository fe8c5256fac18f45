/* pages_http_test - whose request it is: what the proxy before us says */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "pages/http.h"

static char client[100];

static void
answer(void *arg, const struct http_request *r, struct http_answer *a)
{
	(void)arg;
	snprintf(client, sizeof client, "%s", r->client != NULL ? r->client :
	    "nobody");
	a->status = 200;
	a->type = "text/plain";
	buf_puts(&a->body, "x");
}

static int
listener(struct sockaddr_in *at)
{
	socklen_t n = sizeof *at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(at, 0, sizeof *at);
	at->sin_family = AF_INET;
	at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)at, sizeof *at), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)at, &n), 0);
	return fd;
}

static void
ask(struct http *h, const struct sockaddr_in *at, const char *fields)
{
	struct buf text = BUF_INIT;
	int fd = socket(AF_INET, SOCK_STREAM, 0), i;

	*client = '\0';
	buf_printf(&text, "GET / HTTP/1.0\r\n%s\r\n", fields);
	assert_int_equal(connect(fd, (const struct sockaddr *)at, sizeof *at),
	    0);
	assert_int_equal(write(fd, text.data, text.len), text.len);
	for (i = 0; i < 100 && *client == '\0'; i++)
		http_run(&h, 1, 100);
	close(fd);
	buf_free(&text);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last_proxy_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
