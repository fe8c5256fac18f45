/* sink_file - records as JSON lines in a file */

#include "records/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "records/expire.h"
#include "records/record_file.h"

struct file {
	char *path;
	bool pipe;		/* "pipe:" said that the path is one */
	int fd;			/* -1: could not be opened */
	int error;		/* why not */
	int64_t checked;	/* clock_ms() of the last look at the path */
	bool torn;		/* the last line was written in part */
	struct buf line;	/* its memory is kept from record to record */
};

/*
 * A file that may block is refused: a FIFO must be written "pipe:", and is
 * never waited for. Devices (/dev/null) and regular files are as they are.
 */
static int
error_of(int fd, bool is_fifo)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return errno;
	if (is_fifo)
		return S_ISFIFO(st.st_mode) ? 0 : ENOTSUP;
	return S_ISREG(st.st_mode) || S_ISCHR(st.st_mode) ? 0 : ENOTSUP;
}

/*
 * Was its last line written in part, by one who was killed while the disk was
 * full? What we cannot read we take as whole.
 */
static bool
is_torn(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	char last = '\n';

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
		(void)!pread(fd, &last, 1, st.st_size - 1);
	close(fd);
	return last != '\n';
}

static void
open_again(struct file *f)
{
	int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

	if (f->fd >= 0)
		close(f->fd);
	f->fd = open(f->path, f->pipe ? flags : flags | O_CREAT, 0640);
	f->error = error_of(f->fd, f->pipe);
	f->torn = !f->pipe && f->fd >= 0 && is_torn(f->path);
	if (f->error == 0 || f->fd < 0)
		return;
	close(f->fd);
	f->fd = -1;
}

static void *
open_file(const struct record_options *opt)
{
	struct file *f;

	if (opt->file == NULL)
		return NULL;
	f = mem_alloc(sizeof *f);
	f->line = (struct buf)BUF_INIT;
	f->path = mem_dup(record_file_path(opt->file, &f->pipe));
	f->fd = -1;
	open_again(f);
	return f;
}

/* Has somebody renamed or removed the file? Then open the path again. */
static bool
was_moved(const struct file *f)
{
	struct stat open_one, named_one;

	return stat(f->path, &named_one) < 0 ||
	    fstat(f->fd, &open_one) < 0 ||
	    open_one.st_ino != named_one.st_ino ||
	    open_one.st_dev != named_one.st_dev;
}

static void
follow_path(struct file *f)
{
	int64_t now = clock_ms();

	if (f->fd >= 0 && now - f->checked < 1000)
		return;
	f->checked = now;
	if (f->fd < 0 || was_moved(f))
		open_again(f);
}

/* One write(2), so that lines of several processes never mix. */
static bool
put_line(struct file *f, const struct buf *line)
{
	ssize_t n;

	do
		n = write(f->fd, line->data, line->len);
	while (n < 0 && errno == EINTR);
	if (n >= 0 && (size_t)n < line->len)
		errno = ENOSPC;
	if (n > 0)
		f->torn = (size_t)n < line->len;
	return n >= 0 && (size_t)n == line->len;
}

static void
explain(const struct file *f, int error, struct buf *errmsg)
{
	buf_printf(errmsg, "%s: ", f->path);
	if (f->pipe && (error == ENXIO || error == EAGAIN))
		buf_puts(errmsg, "nobody reads the pipe");
	else if (f->pipe && error == ENOTSUP)
		buf_puts(errmsg, "is no pipe");
	else if (error != ENOTSUP && error != ENXIO)
		buf_puts(errmsg, strerror(error));
	else
		buf_puts(errmsg, "is no regular file; a pipe (FIFO) is "
		    "written \"pipe:/path\"");
}

static bool
emit(void *state, const struct record *r, const struct record_options *opt,
    struct buf *errmsg)
{
	struct file *f = state;
	bool kept;

	follow_path(f);
	buf_clear(&f->line);
	if (f->torn)
		buf_putc(&f->line, '\n');
	record_json(r, opt, &f->line);
	buf_putc(&f->line, '\n');
	kept = f->fd >= 0 && put_line(f, &f->line);
	if (!kept)
		explain(f, f->fd >= 0 ? errno : f->error, errmsg);
	return kept;
}

static void
reopen(void *state)
{
	open_again(state);
}

static void
expire(void *state, long long retention)
{
	struct file *f = state;

	if (!f->pipe && expire_files(f->path, retention))
		open_again(f);
}

static void
close_file(void *state)
{
	struct file *f = state;

	if (f->fd >= 0)
		close(f->fd);
	buf_free(&f->line);
	free(f->path);
	free(f);
}

const struct sink sink_file = {
	.name = "record-file", .open = open_file, .emit = emit,
	.reopen = reopen, .expire = expire, .close = close_file
};
