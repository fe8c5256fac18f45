/* datagram - datagrams to a log that never wait for its reader */

#include "base/datagram.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"

#define ROOM_MS 50		/* to wait for room, once */
#define AFTER_MS 1000		/* not to wait again, when it did not come */

static void
hang_up(struct datagram *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}

void
datagram_to(struct datagram *d, const char *path)
{
	pthread_mutex_lock(&d->lock);
	hang_up(d);
	d->path = path;
	d->patient_at = 0;
	pthread_mutex_unlock(&d->lock);
}

static bool
connect_it(struct datagram *d)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int error;

	if (d->fd >= 0)
		return true;
	errno = ENAMETOOLONG;
	if (strlen(d->path) >= sizeof at.sun_path)
		return false;
	memcpy(at.sun_path, d->path, strlen(d->path));
	d->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (d->fd < 0)
		return false;
	if (connect(d->fd, (const struct sockaddr *)&at, sizeof at) == 0)
		return true;
	error = errno;
	hang_up(d);
	errno = error;
	return false;
}

/* Its queue is full: wait a moment for the reader. */
static bool
has_room(struct datagram *d)
{
	struct pollfd p = { .fd = d->fd, .events = POLLOUT };

	if (clock_ms() >= d->patient_at) {
		if (poll(&p, 1, ROOM_MS) > 0)
			return true;
		d->patient_at = clock_ms() + AFTER_MS;
	}
	errno = EAGAIN;
	return false;
}

static bool
is_full(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS;
}

/* Twice: a reader that was restarted has a new socket. */
static bool
send_it(struct datagram *d, const void *bytes, size_t n)
{
	int try, error = EAGAIN;

	for (try = 0; try < 2; try++) {
		if (!connect_it(d))
			return false;
		if (send(d->fd, bytes, n, MSG_NOSIGNAL) >= 0)
			return true;
		error = errno;
		if (error == EMSGSIZE)
			return false;
		if (!is_full(error))
			hang_up(d);
		else if (!has_room(d))
			return false;
	}
	errno = error;
	return false;
}

bool
datagram_send(struct datagram *d, const void *bytes, size_t n)
{
	bool sent;

	pthread_mutex_lock(&d->lock);
	sent = send_it(d, bytes, n);
	pthread_mutex_unlock(&d->lock);
	return sent;
}
