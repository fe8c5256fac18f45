/* sock - connect, read and write with deadlines */

#include "base/sock.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/sock_address.h"

/* Time between two tries to connect to a UNIX socket whose queue is full. */
#define FULL_QUEUE_MS 5

/* How much is read, or looked at, in one go. */
#define CHUNK 4096

bool
sock_wait(int fd, short events, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n;

	do
		n = poll(&p, 1, clock_left(deadline));
	while (n < 0 && errno == EINTR);
	if (n == 0)
		errno = ETIMEDOUT;
	return n > 0;
}

/* Follows a connect() under way. */
static bool
finish_connect(int fd, int64_t deadline)
{
	int error = 0;
	socklen_t n = sizeof error;

	if (!sock_wait(fd, POLLOUT, deadline) ||
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0)
		return false;
	errno = error;
	return error == 0;
}

static bool
try_connect(int fd, const struct sock_address *to, int64_t deadline)
{
	while (connect(fd, (const struct sockaddr *)&to->sa, to->n) != 0) {
		if (errno == EINPROGRESS || errno == EINTR)
			return finish_connect(fd, deadline);
		if (errno != EAGAIN)
			return false;
		/* The queue of a UNIX listener is full, and poll() does not
		   report when it has room again. */
		if (clock_left(deadline) == 0) {
			errno = ETIMEDOUT;
			return false;
		}
		poll(NULL, 0, clock_left(deadline) < FULL_QUEUE_MS ?
		    clock_left(deadline) : FULL_QUEUE_MS);
	}
	return true;
}

int
sock_dial(const struct sock_address *to, int64_t deadline)
{
	int fd = socket(to->sa.ss_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error;

	if (fd < 0 || try_connect(fd, to, deadline))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

int
sock_connect(const struct sock_spec *spec, int64_t deadline, struct buf *errmsg)
{
	struct sock_address v[SOCK_ADDRESSES];
	size_t n = sock_addresses(spec, v, errmsg), i;
	int fd;

	if (n == 0)
		return -1;
	for (i = 0; i < n; i++)
		if ((fd = sock_dial(&v[i], deadline)) >= 0)
			return fd;
	if (spec->kind == SOCK_KIND_UNIX)
		buf_printf(errmsg, "%s: %s", spec->path, strerror(errno));
	else
		buf_printf(errmsg, "%s port %d: %s", spec->host, spec->port,
		    strerror(errno));
	return -1;
}

/* After a call that failed: worth another try before the deadline? */
static bool
may_retry(int fd, short events, int64_t deadline)
{
	if (errno == EINTR)
		return clock_left(deadline) > 0;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return false;
	return sock_wait(fd, events, deadline);
}

int
sock_connect_text(const char *text, int64_t deadline, struct buf *errmsg)
{
	struct sock_spec spec;

	return sock_spec_parse(text, &spec, errmsg) ?
	    sock_connect(&spec, deadline, errmsg) : -1;
}

bool
sock_write(int fd, const void *bytes, size_t n, int64_t deadline)
{
	const char *p = bytes;
	ssize_t sent;

	while (n > 0) {
		sent = send(fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0) {
			if (!may_retry(fd, POLLOUT, deadline))
				return false;
			continue;
		}
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

/* recv() by the deadline: bytes, 0 at the end, -1 on error or too late. */
static ssize_t
receive(int fd, void *bytes, size_t n, int flags, int64_t deadline)
{
	ssize_t got;

	do
		got = recv(fd, bytes, n, flags | MSG_DONTWAIT);
	while (got < 0 && may_retry(fd, POLLIN, deadline));
	return got;
}

bool
sock_read_all(int fd, struct buf *into, size_t max, int64_t deadline)
{
	char chunk[CHUNK];
	size_t total = 0;
	ssize_t got;

	while ((got = receive(fd, chunk, sizeof chunk, 0, deadline)) > 0) {
		total += (size_t)got;
		if (total > max)
			return false;
		buf_put(into, chunk, (size_t)got);
	}
	return got == 0;
}

/* Peeks before it reads, so that what follows stays unread. */
bool
sock_read_until(int fd, char stop, struct buf *into, size_t max,
    int64_t deadline)
{
	char chunk[CHUNK];
	const char *end;
	size_t total = 0, n;
	ssize_t got;

	while ((got = receive(fd, chunk, sizeof chunk, MSG_PEEK,
	    deadline)) > 0) {
		end = memchr(chunk, stop, (size_t)got);
		n = end != NULL ? (size_t)(end - chunk) : (size_t)got;
		total += n;
		if (total > max || receive(fd, chunk, n + (end != NULL), 0,
		    deadline) < 0)
			return false;
		buf_put(into, chunk, n);
		if (end != NULL)
			return true;
	}
	return false;
}

bool
sock_read_line(int fd, struct buf *into, size_t max, int64_t deadline)
{
	return sock_read_until(fd, '\n', into, max, deadline);
}
