/* scan - one message on its way to a scanner */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "scanners/scanner.h"
#include "scanners/scanner_internal.h"

/* One that is up accepts at once. */
#define CONNECT_MS 2000
#define SERVERS_TRIED 4

void
scan_fail(struct scan *scan, const char *format, ...)
{
	va_list ap;

	if (scan->failed)
		return;
	scan->failed = true;
	buf_clear(&scan->errmsg);
	va_start(ap, format);
	buf_vprintf(&scan->errmsg, format, ap);
	va_end(ap);
	if (scan->open) {
		close(scan->fd);
		scan->open = false;
		scanner_bad(scan->scanner, scan->server, scan->errmsg.data);
	}
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Connected to that server, or false with words in scan->errmsg. */
static bool
connect_to(struct scan *scan, int64_t deadline, bool fresh)
{
	scan->fd = fresh ? -1 :
	    scanner_take_idle(scan->scanner, scan->server);
	scan->reused = scan->fd >= 0;
	if (scan->fd < 0)
		scan->fd = sock_connect(scanner_spec(scan->scanner,
		    scan->server), deadline, &scan->errmsg);
	scan->open = scan->fd >= 0;
	if (!scan->open)
		scanner_bad(scan->scanner, scan->server, scan->errmsg.data);
	return scan->open;
}

void
scan_open(struct scan *scan, struct scanner *s, long long timeout,
    int64_t deadline, bool fresh)
{
	int64_t now = clock_ms();
	int tries;

	scan->scanner = s;
	scan->left = timeout;
	deadline = sooner(deadline, now + timeout);
	for (tries = 0; tries < SERVERS_TRIED; tries++) {
		buf_clear(&scan->errmsg);
		if (!scanner_choose(s, &scan->server)) {
			buf_puts(&scan->errmsg, "no server answers");
			break;
		}
		if (connect_to(scan, sooner(deadline, clock_ms() +
		    CONNECT_MS), fresh))
			break;
	}
	scan->left -= clock_ms() - now;
	scan->failed = !scan->open;
}

bool
scan_is_cut(struct scan *scan)
{
	char byte;

	if (scan->open && recv(scan->fd, &byte, 1,
	    MSG_PEEK | MSG_DONTWAIT) > 0)
		scan->cut = true;
	return scan->cut;
}

/* Who answers early may end the connection, too. */
void
scan_write(struct scan *scan, const void *bytes, size_t n, int64_t deadline)
{
	int64_t now = clock_ms();
	int error;

	if (!scan->open || scan->cut || n == 0)
		return;
	errno = 0;
	if (!sock_write(scan->fd, bytes, n, sooner(deadline,
	    now + scan->left))) {
		error = errno;
		if (!scan_is_cut(scan))
			scan_fail(scan, "it takes no more: %s", error == 0 ||
			    error == EAGAIN ? "too slow" : strerror(error));
	}
	scan->left -= clock_ms() - now;
}

void
scan_shut(struct scan *scan)
{
	if (scan->open)
		shutdown(scan->fd, SHUT_WR);
}

bool
scan_read(struct scan *scan, int end, size_t max, struct buf *into)
{
	int64_t now = clock_ms();
	bool good;

	if (!scan->open)
		return false;
	errno = 0;
	good = end < 0 ?
	    sock_read_all(scan->fd, into, max, now + scan->left) :
	    sock_read_until(scan->fd, (char)end, into, max,
	    now + scan->left);
	scan->left -= clock_ms() - now;
	if (!good)
		scan_fail(scan, "no answer: %s", scan->left <= 0 ?
		    "too late" : errno == 0 ? "it ended the connection" :
		    strerror(errno));
	return good;
}

void
scan_done(struct scan *scan, bool keep)
{
	if (!scan->open)
		return;
	scan->open = false;
	scanner_good(scan->scanner, scan->server);
	if (keep)
		scanner_give_idle(scan->scanner, scan->server, scan->fd);
	else
		close(scan->fd);
}

void
scan_close(struct scan *scan)
{
	if (scan->open)
		close(scan->fd);
	scan->open = false;
	buf_free(&scan->errmsg);
}
