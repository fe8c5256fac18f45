/* other_process - connections whose session is in another process of ours */

#include "doors/other_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/handover.h"
#include "base/log.h"
#include "doors/session_registry.h"

enum { OLDER, NEWER, SIDES };

/* What is said beside the descriptor. */
struct note {
	unsigned char door;	/* enum other_door; OTHER_DOORS: a neighbour */
	unsigned char to;	/* OLDER, NEWER: where it is going */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct {
	int side[SIDES];	/* under the lock; -1: nobody there */
	int wake[2];		/* its end of file ends the thread */
	bool runs;
	pthread_t thread;
	other_adopts *const *adopt;
} self = { .side = { -1, -1 } };

/* Under the lock. False: nobody is there, or it cannot take more now. */
static bool
put(int side, struct note note, int fd)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = &note, .iov_len = sizeof note };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof control };
	struct cmsghdr *c = &control.header;

	if (self.side[side] < 0)
		return false;
	memset(&control, 0, sizeof control);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	note.to = (unsigned char)side;
	return sendmsg(self.side[side], &m, MSG_NOSIGNAL | MSG_DONTWAIT) ==
	    (ssize_t)sizeof note;
}

static bool
pass(int side, enum other_door door, int fd)
{
	bool passed;

	pthread_mutex_lock(&lock);
	passed = put(side, (struct note){ .door = (unsigned char)door }, fd);
	pthread_mutex_unlock(&lock);
	return passed;
}

bool
other_process_has(enum other_door door, int fd)
{
	pid_t pid = registry_peer(fd);

	return pid > 0 && !registry_serves(pid) && pass(OLDER, door, fd);
}

bool
other_process_takes_back(enum other_door door, int fd)
{
	return pass(NEWER, door, fd);
}

static void
set_side(int side, int fd)
{
	pthread_mutex_lock(&lock);
	if (self.side[side] >= 0)
		close(self.side[side]);
	self.side[side] = fd;
	pthread_mutex_unlock(&lock);
}

/* From the oldest back to the newest, where it stays. */
static void
arrived(struct note note, int fd)
{
	if (!registry_serves(registry_peer(fd)) &&
	    ((note.to == OLDER && pass(OLDER, note.door, fd)) ||
	    pass(NEWER, note.door, fd)))
		close(fd);
	else
		self.adopt[note.door](fd);
}

/* False: its process has ended. */
static bool
receive(int side, int from)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct note note = { .door = 0 };
	struct iovec iov = { .iov_base = &note, .iov_len = sizeof note };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof control };
	ssize_t n = recvmsg(from, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	const struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	int fd;

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	if (c == NULL || c->cmsg_type != SCM_RIGHTS)
		return true;
	memcpy(&fd, CMSG_DATA(c), sizeof fd);
	if (note.door == OTHER_DOORS)
		set_side(side, fd);
	else if (note.door < OTHER_DOORS && note.to < SIDES)
		arrived(note, fd);
	else
		close(fd);
	return true;
}

static void *
run(void *arg)
{
	struct pollfd p[SIDES + 1] = { { .events = POLLIN },
		{ .events = POLLIN }, { .fd = self.wake[0],
		.events = POLLIN } };
	int i;

	(void)arg;
	for (;;) {
		pthread_mutex_lock(&lock);
		for (i = 0; i < SIDES; i++)
			p[i].fd = self.side[i];
		pthread_mutex_unlock(&lock);
		if (poll(p, SIDES + 1, -1) < 0)
			continue;
		if (p[SIDES].revents != 0)
			return NULL;
		for (i = 0; i < SIDES; i++)
			if (p[i].revents != 0 && !receive(i, p[i].fd))
				set_side(i, -1);
	}
}

static void
end_thread(void)
{
	if (!self.runs)
		return;
	close(self.wake[1]);
	pthread_join(self.thread, NULL);
	close(self.wake[0]);
	self.runs = false;
}

void
other_process_start(other_adopts *const adopt[OTHER_DOORS])
{
	int older = handover_predecessor(), newer = handover_successor();
	int error;

	end_thread();
	self.adopt = adopt;
	if (older >= 0)
		set_side(OLDER, older);
	if (newer >= 0)
		set_side(NEWER, newer);
	if (self.side[OLDER] < 0 && self.side[NEWER] < 0)
		return;
	error = pipe2(self.wake, O_CLOEXEC) != 0 ? errno :
	    pthread_create(&self.thread, NULL, run, NULL);
	self.runs = error == 0;
	if (error == 0)
		return;
	log_warn("other process: %s", strerror(error));
	set_side(OLDER, -1);
	set_side(NEWER, -1);
}

/* Each of the two gets the end of ours that leads to the other. */
void
other_process_stop(void)
{
	static const struct note neighbour = { .door = OTHER_DOORS };

	end_thread();
	pthread_mutex_lock(&lock);
	if (self.side[OLDER] >= 0)
		put(NEWER, neighbour, self.side[OLDER]);
	pthread_mutex_unlock(&lock);
	set_side(OLDER, -1);
	set_side(NEWER, -1);
}
