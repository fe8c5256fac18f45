/* libmilter_socket - the connection to the MTA, read ahead of libmilter */

#include "doors/libmilter_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sock.h"

/* Linux has it; elsewhere setsockopt() refuses, and nothing is lost. */
#ifndef TCP_QUICKACK
#define TCP_QUICKACK -1
#endif

static _Thread_local struct libmilter_socket *mine;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int always_ready = -1;	/* a pipe with a byte that nobody takes */

static void
open_always_ready(void)
{
	int ends[2];

	if (pipe(ends) != 0)
		return;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	if (write(ends[1], "", 1) == 1)
		always_ready = ends[0];
}

/* Another descriptor of the connection, and ours for all in its place. */
static int
move_away(int shown)
{
	int fd = -1;

	pthread_once(&once, open_always_ready);
	if (always_ready >= 0)
		fd = fcntl(shown, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return shown;
	if (dup2(always_ready, shown) == shown) {
		fcntl(shown, F_SETFD, FD_CLOEXEC);
		return fd;
	}
	close(fd);
	return shown;
}

/* False on all but TCP. */
static bool
tcp_switch_on(int fd, int option)
{
	int on = 1;

	return setsockopt(fd, IPPROTO_TCP, option, &on, sizeof on) == 0;
}

void
libmilter_socket_begin(struct libmilter_socket *s, int shown)
{
	s->shown = shown;
	s->fd = move_away(shown);
	s->tcp = tcp_switch_on(s->fd, TCP_NODELAY);
	s->drained = false;
	s->ahead = NULL;
	s->from = s->to = 0;
	mine = s;
}

void
libmilter_socket_end(struct libmilter_socket *s)
{
	mine = NULL;
	free(s->ahead);
	if (s->fd != s->shown)
		close(s->fd);
}

static struct libmilter_socket *
find(int shown)
{
	return mine != NULL && mine->shown == shown ? mine : NULL;
}

int
libmilter_socket_of(int shown)
{
	const struct libmilter_socket *s = find(shown);

	return s != NULL ? s->fd : shown;
}

static void
drop(struct libmilter_socket *s)
{
	free(s->ahead);
	s->ahead = NULL;
	s->from = s->to = 0;
}

static size_t
take(struct libmilter_socket *s, char *into, size_t n)
{
	size_t have = s->to - s->from;

	if (n > have)
		n = have;
	memcpy(into, s->ahead + s->from, n);
	s->from += n;
	if (s->from == s->to)
		drop(s);
	return n;
}

/*
 * What does not fit is read where it belongs. After less than there was room
 * for, the next call would come back with nothing, so it is spared.
 */
ssize_t
libmilter_socket_read(int shown, char *into, size_t n)
{
	struct libmilter_socket *s = find(shown);
	int failure;
	ssize_t got;

	if (s == NULL || s->fd == shown)
		return recv(shown, into, n, MSG_DONTWAIT);
	if (s->from < s->to)
		return (ssize_t)take(s, into, n);
	if (s->drained) {
		s->drained = false;
		errno = EAGAIN;
		return -1;
	}
	if (n >= LIBMILTER_AHEAD)
		return recv(s->fd, into, n, MSG_DONTWAIT);
	s->ahead = mem_resize(NULL, LIBMILTER_AHEAD, 1);
	got = recv(s->fd, s->ahead, LIBMILTER_AHEAD, MSG_DONTWAIT);
	if (got <= 0) {
		failure = errno;
		drop(s);
		errno = failure;
		return got;
	}
	s->drained = (size_t)got < LIBMILTER_AHEAD;
	s->from = 0;
	s->to = (size_t)got;
	return (ssize_t)take(s, into, n);
}

/* More behind what is there, as far as there is room and as it has come. */
static void
read_more(struct libmilter_socket *s)
{
	size_t have = s->to - s->from;
	ssize_t got = 0;

	if (s->ahead == NULL)
		s->ahead = mem_resize(NULL, LIBMILTER_AHEAD, 1);
	memmove(s->ahead, s->ahead + s->from, have);
	if (have < LIBMILTER_AHEAD)
		got = recv(s->fd, s->ahead + have, LIBMILTER_AHEAD - have,
		    MSG_DONTWAIT);
	s->from = 0;
	s->to = have + (size_t)(got > 0 ? got : 0);
	s->drained = s->to < LIBMILTER_AHEAD;
	if (s->to == 0)
		drop(s);
}

size_t
libmilter_socket_peek(int shown, bool more, const char **bytes)
{
	struct libmilter_socket *s = find(shown);

	if (s == NULL || s->fd == shown)
		return 0;
	if (more || (s->from == s->to && !s->drained))
		read_more(s);
	*bytes = s->ahead != NULL ? s->ahead + s->from : NULL;
	return s->to - s->from;
}

void
libmilter_socket_skip(int shown, size_t n)
{
	struct libmilter_socket *s = find(shown);

	if (s == NULL || n == 0)
		return;
	s->from += n;
	if (s->from == s->to)
		drop(s);
}

/*
 * Over TCP the MTA's next packet may wait until we acknowledge the last one,
 * and Linux waits 40 ms to do so with our answer, which may not be due yet.
 */
bool
libmilter_socket_wait(int shown, short what, int64_t deadline)
{
	const struct libmilter_socket *s = find(shown);
	int fd = libmilter_socket_of(shown);

	if (s != NULL && s->tcp && what == POLLIN)
		tcp_switch_on(fd, TCP_QUICKACK);
	return sock_wait(fd, what, deadline);
}
