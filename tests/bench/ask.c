/*
 * ask - how fast saywhyd answers a reply map's questions
 *
 * usage: ask [-c connections] [-s seconds] [-p pid] [-r rate] SOCKET
 *
 * Each connection asks, as an smtpd(8) does, waits for its answer and asks the
 * next; with -r all together ask so often a second and no more. The replies are
 * Postfix's own, in turn. Prints JSON: answers a second, microseconds from
 * question to answer, and the server's CPU time for one (-p).
 */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "load_stats.h"

static const char *const replies[] = {
	"454 4.7.1 <b@elsewhere.example>: Relay access denied",
	"550 5.1.1 <nobody@example.org>: Recipient address rejected: User "
	    "unknown in local recipient table",
	"554 5.7.1 Service unavailable; Client host [192.0.2.66] blocked using "
	    "dnsbl.example; listed",
	"450 4.1.8 <a@nowhere.example>: Sender address rejected: Domain not "
	    "found",
	"504 5.5.2 <client>: Helo command rejected: need fully-qualified "
	    "hostname",
	"552 5.3.4 Message size exceeds fixed limit",
	"502 5.5.2 Error: command not recognized",
	"451 4.3.0 <a@b.example>: Temporary lookup failure",
};

#define NREPLIES (sizeof replies / sizeof replies[0])

struct peer {
	int fd;
	size_t next;		/* of replies */
	int64_t sent;		/* clock_us(); 0: waits for its turn */
	char head[256];		/* of the answer */
	size_t n, left;		/* got; still to come, once known */
};

static int64_t interval;	/* us between two questions; 0: none */
static int64_t turn;
static struct histogram latency;
static uint64_t answers;

static void
die(const char *what)
{
	fprintf(stderr, "ask: %s: %s\n", what, strerror(errno));
	exit(EX_UNAVAILABLE);
}

static int
connect_to(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
	if (fd < 0 || connect(fd, (void *)&to, sizeof to) != 0)
		die(path);
	return fd;
}

static void
ask(struct peer *p, int64_t now)
{
	const char *key = replies[p->next++ % NREPLIES];
	struct buf b = BUF_INIT;

	if (interval > 0) {
		p->sent = 0;
		if (now < turn)
			return;
		turn += interval;
	}
	buf_printf(&b, "%zu:filter %s,", strlen(key) + 7, key);
	p->sent = now;
	p->n = p->left = 0;
	if (send(p->fd, b.data, b.len, MSG_NOSIGNAL) != (ssize_t)b.len)
		die("send");
	buf_free(&b);
}

/* True: the answer is whole. */
static bool
read_answer(struct peer *p)
{
	char bytes[4096];
	ssize_t n = recv(p->fd, bytes, sizeof bytes, 0);
	char *colon;

	if (n <= 0)
		die("the server hung up");
	if (p->left == 0) {
		colon = memchr(bytes, ':', (size_t)n);
		if (colon == NULL)
			die("no netstring");
		p->left = strtoul(bytes, NULL, 10) + 1 +
		    (size_t)(colon - bytes) + 1;
	}
	p->left -= (size_t)n;
	return p->left == 0;
}

static void
run(struct peer *peers, size_t n, int64_t until)
{
	struct pollfd *polled = mem_array(n, sizeof *polled);
	int64_t now = clock_us();
	size_t i;

	turn = now;
	for (i = 0; i < n; i++) {
		polled[i] = (struct pollfd){ .fd = peers[i].fd,
			.events = POLLIN };
		peers[i].next = i;
		ask(&peers[i], now);
	}
	while ((now = clock_us()) < until) {
		if (poll(polled, (nfds_t)n, interval > 0 ? 1 : 1000) < 0)
			die("poll");
		for (i = 0; i < n; i++) {
			now = clock_us();
			if (polled[i].revents != 0 && read_answer(&peers[i])) {
				histogram_add(&latency,
				    clock_us() - peers[i].sent);
				answers++;
				ask(&peers[i], now);
			} else if (peers[i].sent == 0)
				ask(&peers[i], now);
		}
	}
	free(polled);
}

static void
print(double seconds, double cpu)
{
	printf("{\"per_second\": %.0f, \"cpu_us\": %.2f, \"latency_us\": "
	    "{\"p50\": %llu, \"p99\": %llu, \"p99.9\": %llu, \"most\": "
	    "%llu}}\n", (double)answers / seconds, cpu / (double)answers * 1e6,
	    (unsigned long long)histogram_at(&latency, 0.5),
	    (unsigned long long)histogram_at(&latency, 0.99),
	    (unsigned long long)histogram_at(&latency, 0.999),
	    (unsigned long long)latency.max);
}

int
main(int argc, char **argv)
{
	size_t n = 500, i;
	double seconds = 3, cpu;
	pid_t pid = 0;
	struct peer *peers;
	int c;

	while ((c = getopt(argc, argv, "c:p:r:s:")) != -1)
		if (c == 'c')
			n = strtoul(optarg, NULL, 10);
		else if (c == 'p')
			pid = atoi(optarg);
		else if (c == 'r')
			interval = (int64_t)(1e6 / atof(optarg));
		else if (c == 's')
			seconds = atof(optarg);
		else
			return EX_USAGE;
	if (optind + 1 != argc || n == 0)
		return EX_USAGE;
	peers = mem_array(n, sizeof *peers);
	for (i = 0; i < n; i++)
		peers[i].fd = connect_to(argv[optind]);
	cpu = process_sample(pid).cpu;
	run(peers, n, clock_us() + (int64_t)(seconds * 1e6));
	print(seconds, process_sample(pid).cpu - cpu);
	free(peers);
	return 0;
}
