/* tail - a log file that grows, and is rotated */

#include "maillog/tail.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

#define CHUNK (256 * 1024)

struct tail {
	char *name;
	bool stream, ended;
	bool bytes;		/* not in lines */
	int fd;			/* -1: not there now */
	uint64_t inode;
	int64_t offset;		/* of what was read */
	char *kept;		/* bytes without their newline yet */
	size_t n;
	bool cutting;		/* the rest of a line that was too long */
};

static struct tail *
tail_new(const char *name)
{
	struct tail *t = mem_alloc(sizeof *t);

	t->name = mem_dup(name);
	t->kept = mem_alloc(CHUNK + TAIL_LINE_MAX);
	t->fd = -1;
	return t;
}

static void
open_path(struct tail *t)
{
	struct stat st;

	t->fd = open(t->name, O_RDONLY | O_CLOEXEC);
	if (t->fd < 0 || fstat(t->fd, &st) < 0)
		return;
	t->inode = st.st_ino;
	t->offset = 0;
	t->n = 0;
}

static struct tail *
open_stream(int fd, const char *name)
{
	struct tail *t = tail_new(name);

	t->stream = true;
	t->fd = fd;
	return t;
}

struct tail *
tail_open(const char *path)
{
	struct tail *t;

	if (strcmp(path, "-") == 0)
		return open_stream(STDIN_FILENO, "standard input");
	t = tail_new(path);
	open_path(t);
	if (t->fd < 0)
		log_warn("%s: %m; waiting for it", path);
	return t;
}

struct tail *
tail_open_bytes(int fd, const char *name)
{
	struct tail *t = open_stream(fd, name);

	t->bytes = true;
	return t;
}

void
tail_close(struct tail *t)
{
	if (t == NULL)
		return;
	if (t->fd >= 0)
		close(t->fd);
	free(t->name);
	free(t->kept);
	free(t);
}

static void
hand_out(struct tail *t, const char *line, size_t n, tail_fn *fn, void *arg)
{
	if (n > 0 && line[n - 1] == '\r')
		n--;
	if (!t->cutting)
		fn(arg, line, n);
	t->cutting = false;
}

static void
hand_out_lines(struct tail *t, tail_fn *fn, void *arg)
{
	char *at = t->kept, *end = t->kept + t->n, *newline;

	while ((newline = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		hand_out(t, at, (size_t)(newline - at), fn, arg);
		at = newline + 1;
	}
	t->n = (size_t)(end - at);
	if (t->n >= TAIL_LINE_MAX) {
		hand_out(t, at, TAIL_LINE_MAX, fn, arg);
		t->cutting = true;
		t->n = 0;
	}
	memmove(t->kept, at, t->n);
}

static void
hand_out_bytes(struct tail *t, tail_fn *fn, void *arg)
{
	fn(arg, t->kept, t->n);
	t->n = 0;
}

/*
 * Is the path another file by now, in which there is something? Before that
 * who logs may not know of it yet, and goes on in ours. One that was cut begins
 * anew.
 */
static bool
was_rotated(struct tail *t)
{
	struct stat ours, named;

	if (fstat(t->fd, &ours) == 0 && ours.st_size < t->offset) {
		t->offset = 0;
		t->n = 0;
		return false;
	}
	return stat(t->name, &named) == 0 && named.st_ino != t->inode &&
	    named.st_size > 0;
}

static ssize_t
read_chunk(struct tail *t)
{
	ssize_t n;

	if (t->stream)
		n = read(t->fd, t->kept + t->n, CHUNK);
	else
		n = pread(t->fd, t->kept + t->n, CHUNK, t->offset);
	if (n > 0) {
		t->n += (size_t)n;
		t->offset += n;
	}
	return n;
}

/* Would a read wait? Who follows a stream has other things to do meanwhile. */
static bool
is_quiet(const struct tail *t)
{
	struct pollfd p = { .fd = t->fd, .events = POLLIN };

	return t->stream && poll(&p, 1, 0) == 0;
}

bool
tail_read(struct tail *t, tail_fn *fn, void *arg)
{
	ssize_t n;

	if (t->fd < 0 && !t->stream)
		open_path(t);
	if (t->fd < 0 || is_quiet(t))
		return false;
	n = read_chunk(t);
	if (n <= 0 && t->stream) {
		t->ended = n == 0 || (errno != EINTR && errno != EAGAIN);
		return false;
	}
	if (n <= 0 && !was_rotated(t))
		return false;
	/* What came to ours before the first of the other. */
	if (n <= 0)
		n = read_chunk(t);
	if (n > 0) {
		if (t->bytes)
			hand_out_bytes(t, fn, arg);
		else
			hand_out_lines(t, fn, arg);
		return true;
	}
	if (t->n > 0)
		hand_out(t, t->kept, t->n, fn, arg);
	close(t->fd);
	open_path(t);
	return t->fd >= 0;
}

bool
tail_ended(const struct tail *t)
{
	return t->ended;
}

int
tail_fd(const struct tail *t)
{
	return t->stream && !t->ended ? t->fd : -1;
}

/* A line without its newline will be read again. */
void
tail_position(const struct tail *t, uint64_t *inode, int64_t *offset)
{
	*inode = t->inode;
	*offset = t->offset - (int64_t)t->n;
}

void
tail_go_on(struct tail *t, uint64_t inode, int64_t offset)
{
	struct stat st;

	if (t->fd >= 0 && !t->stream && t->inode == inode &&
	    fstat(t->fd, &st) == 0 && st.st_size >= offset)
		t->offset = offset;
}

const char *
tail_name(const struct tail *t)
{
	return t->name;
}
