/* syslog - lines to the system's log that never wait for its reader */

#include "base/syslog.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* A log daemon takes 8 KB by default; a record is shorter. */
#define SYSLOG_LINE_MAX 16384
#define ROOM_MS 50		/* to wait for room, once */
#define AFTER_MS 1000		/* not to wait again, when it did not come */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct {
	const char *path;
	int fd;
	int64_t patient_at;	/* clock_ms(): no waiting before */
} to = { .path = _PATH_LOG, .fd = -1 };

static void
hang_up(void)
{
	if (to.fd >= 0)
		close(to.fd);
	to.fd = -1;
}

void
syslog_path(const char *path)
{
	pthread_mutex_lock(&lock);
	hang_up();
	to.path = path;
	to.patient_at = 0;
	pthread_mutex_unlock(&lock);
}

static bool
connect_it(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	if (to.fd >= 0)
		return true;
	if (strlen(to.path) >= sizeof at.sun_path)
		return false;
	memcpy(at.sun_path, to.path, strlen(to.path));
	to.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (to.fd < 0)
		return false;
	if (connect(to.fd, (const struct sockaddr *)&at, sizeof at) == 0)
		return true;
	hang_up();
	return false;
}

/* Its queue is full: wait a moment for the reader. */
static bool
has_room(void)
{
	struct pollfd p = { .fd = to.fd, .events = POLLOUT };

	if (clock_ms() < to.patient_at)
		return false;
	if (poll(&p, 1, ROOM_MS) > 0)
		return true;
	to.patient_at = clock_ms() + AFTER_MS;
	return false;
}

static bool
is_full(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS;
}

/* Twice: a syslogd that was restarted has a new socket. */
static bool
send_line(const char *line, size_t n)
{
	int try;

	for (try = 0; try < 2; try++) {
		if (!connect_it())
			return false;
		if (send(to.fd, line, n, MSG_NOSIGNAL) >= 0)
			return true;
		if (!is_full(errno))
			hang_up();
		else if (!has_room())
			return false;
	}
	return false;
}

/* English names of months, whatever the locale. What is too long is cut. */
static size_t
make_line(char *line, size_t size, const char *ident, int priority,
    const char *text)
{
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t now = time(NULL);
	struct tm tm;
	int n;

	localtime_r(&now, &tm);
	n = snprintf(line, size, "<%d>%s %2d %02d:%02d:%02d %s[%ld]: %s",
	    LOG_MAIL | priority, months[tm.tm_mon], tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec, ident, (long)getpid(), text);
	return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}

bool
syslog_send(const char *ident, int priority, const char *text)
{
	char line[SYSLOG_LINE_MAX];
	size_t n = make_line(line, sizeof line, ident, priority, text);
	bool sent;

	pthread_mutex_lock(&lock);
	sent = send_line(line, n);
	pthread_mutex_unlock(&lock);
	return sent;
}
