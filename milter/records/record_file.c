/* record_file - the record file, read on through its rotations */

#include "records/record_file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "records/rotated.h"

#define QUIET_S 2
#define PIPE "pipe:"		/* before the path of a FIFO */

const char *
record_file_path(const char *configured, bool *fifo)
{
	size_t n = strlen(PIPE);
	bool is = configured != NULL && strncmp(configured, PIPE, n) == 0;

	if (fifo != NULL)
		*fifo = is;
	return is ? configured + n : configured;
}

void
record_file_close(struct record_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

/* -1 too when another file is there by now. */
static int
open_file(const char *path, const struct rotated_file *meant)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_ino != meant->inode || st.st_dev != meant->device)) {
		close(fd);
		return -1;
	}
	return fd;
}

static void
move_to(struct record_file *f, const struct rotated_file *to, int64_t offset)
{
	record_file_close(f);
	f->fd = open_file(to->path, to);
	if (f->fd >= 0)
		f->position = (struct record_position){ .device = to->device,
			.inode = to->inode, .offset = offset };
}

static bool
is_at(const struct record_position *p, const struct rotated_file *r)
{
	return r->device == p->device && r->inode == p->inode;
}

void
record_file_find(struct record_file *f, const struct record_position *position)
{
	const struct record_position p = *position;
	struct rotated_files all = { .v = NULL };
	size_t i;

	record_file_close(f);
	rotated_find(&all, f->path);
	for (i = 0; i < all.n && !is_at(&p, &all.v[i]); i++)
		;
	if (i < all.n)
		move_to(f, &all.v[i], p.offset);
	else if (all.n > 0)
		move_to(f, &all.v[0], 0);
	rotated_free(&all);
}

void
record_file_next(struct record_file *f)
{
	struct rotated_files all = { .v = NULL };
	size_t i;

	rotated_find(&all, f->path);
	for (i = 0; i < all.n && !is_at(&f->position, &all.v[i]); i++)
		;
	if (i + 1 < all.n)
		move_to(f, &all.v[i + 1], 0);
	else if (i == all.n && all.n > 0)
		move_to(f, &all.v[0], 0);
	rotated_free(&all);
}

/* Where the clock was set back, the time of a file tells its age no more. */
static bool
is_quiet(struct record_file *f, int64_t changed)
{
	int64_t age = clock_now().tv_sec - changed;

	if (age >= 0)
		return age > QUIET_S;
	if (f->future != changed) {
		f->future = changed;
		f->since = clock_ms();
	}
	return clock_ms() - f->since > QUIET_S * 1000;
}

bool
record_file_is_over(struct record_file *f)
{
	struct stat ours, named;

	return stat(f->path, &named) == 0 && fstat(f->fd, &ours) == 0 &&
	    (named.st_ino != ours.st_ino || named.st_dev != ours.st_dev) &&
	    is_quiet(f, ours.st_ctim.tv_sec);
}

int64_t
record_file_ahead(struct record_file *f)
{
	struct stat st;

	if (f->fd < 0 || fstat(f->fd, &st) < 0)
		return 0;
	if (st.st_size < f->position.offset)
		f->position.offset = 0;
	return st.st_size - f->position.offset;
}

ssize_t
record_file_read(struct record_file *f, void *bytes, size_t n)
{
	record_file_ahead(f);
	return pread(f->fd, bytes, n, f->position.offset);
}

int64_t
record_file_left(const struct record_file *f)
{
	struct rotated_files all = { .v = NULL };
	int64_t left = 0;
	struct stat st;
	size_t i;

	rotated_find(&all, f->path);
	for (i = all.n; i-- > 0;) {
		if (stat(all.v[i].path, &st) == 0)
			left += st.st_size;
		if (is_at(&f->position, &all.v[i])) {
			left -= f->position.offset;
			break;
		}
	}
	rotated_free(&all);
	return left > 0 ? left : 0;
}
