/*
 * pages - what a request to the page costs
 *
 *	pages-bench STORE ID [REQUESTS]
 *
 * A child serves the pages of a store on a UNIX socket, the parent asks one
 * request after the other, a connection each, as a web server in front does
 * that keeps none. CPU is the child's.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "model/site.h"
#include "pages/http.h"
#include "pages/limiter.h"
#include "pages/site.h"
#include "policy/policy.h"

static const struct site site = { .name = (char[]){ "mx.example.org" },
	.contact = (char[]){ "postmaster@example.org" } };

static struct sockaddr_un
address(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	snprintf(a.sun_path, sizeof a.sun_path, "/tmp/pages-bench.%d",
	    (int)getpid());
	return a;
}

static void
serve(int fd, const char *store)
{
	struct buf errmsg = BUF_INIT;
	struct policy policy = { .mode = 0 };
	struct pages pages = { .site = &site, .wording = policy.wording,
		.store = { .path = store }, .limiter = limiter_new(1000000000) };
	struct http *h = http_open(fd, pages_answer, &pages, &errmsg);

	if (h == NULL)
		BUG(errmsg.data);
	for (;;)
		http_run(&h, 1, 1000);
}

/* The status line's code; the answer is read to its end. */
static int
ask(const struct sockaddr_un *to, const char *path)
{
	char text[16384] = "";
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), code = 0;
	ssize_t n;

	if (fd < 0 || connect(fd, (const struct sockaddr *)to, sizeof *to) < 0)
		BUG("the server does not answer");
	dprintf(fd, "GET /why/%s HTTP/1.1\r\nHost: mx.example.org\r\n"
	    "X-Forwarded-For: 192.0.2.9\r\n\r\n", path);
	n = read(fd, text, sizeof text - 1);
	if (n > 12)
		code = atoi(text + 9);
	while (n > 0)
		n = read(fd, text, sizeof text);
	close(fd);
	return code;
}

static double
cpu_of(pid_t pid)
{
	struct timespec t;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 ||
	    clock_gettime(clock, &t) != 0)
		BUG("no clock of the server");
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
bench(const char *what, pid_t pid, const struct sockaddr_un *to,
    const char *path, int requests)
{
	double began;
	int i, code = ask(to, path);

	began = cpu_of(pid);
	for (i = 0; i < requests; i++)
		if (ask(to, path) != code)
			BUG("another answer");
	printf("page %-10s %8.1f us of CPU a request, status %d\n", what,
	    (cpu_of(pid) - began) / requests, code);
}

int
main(int argc, char **argv)
{
	struct sockaddr_un at = address();
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int requests = argc > 3 ? atoi(argv[3]) : 5000;
	pid_t pid;

	if (argc < 3 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0 ||
	    listen(fd, 64) < 0)
		BUG("usage: pages-bench STORE ID [REQUESTS]");
	pid = fork();
	if (pid == 0)
		serve(fd, argv[1]);
	bench("of an id", pid, &at, argv[2], requests);
	bench("unknown", pid, &at, "0123456789AB", requests);
	bench("of a reason", pid, &at, "reason/spf-fail", requests);
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	unlink(at.sun_path);
	return 0;
}
