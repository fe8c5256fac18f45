/* whole_file - a file that is written beside its place and then put there */

#include "base/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

static bool
is_at(const char *path, int fd)
{
	struct stat here, there;

	return fstat(fd, &here) == 0 && lstat(path, &there) == 0 &&
	    here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

/* A writer holds the lock of its file until that is in its place. */
static bool
is_locked(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

/*
 * What a writer left that was killed; whatever else is there is taken away
 * unseen. False: one is at work.
 */
static bool
take_away(const char *beside)
{
	int fd = open(beside, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool locked = fd >= 0 && is_locked(fd);

	if (!locked && (fd < 0 || is_at(beside, fd)))
		(void)!unlink(beside);
	if (fd >= 0)
		close(fd);
	return !locked;
}

/* -1 with errno; EBUSY: somebody writes it. */
static int
make(const char *beside)
{
	int fd = -1;

	if (take_away(beside)) {
		fd = open(beside, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		/* Another one may have taken it for what was left. */
		if (fd < 0 || (!is_locked(fd) && is_at(beside, fd)))
			return fd;
		close(fd);
	}
	errno = EBUSY;
	return -1;
}

/* False, for errno. */
static bool
fail(const char *path, struct buf *errmsg)
{
	buf_printf(errmsg, "%s cannot be written: %s", path, errno == EBUSY ?
	    "another process is writing it" : strerror(errno));
	return false;
}

bool
whole_file_begin(struct whole_file *f, const char *path, struct buf *errmsg)
{
	struct buf beside = BUF_INIT;

	buf_printf(&beside, "%s" WHOLE_FILE_BESIDE, path);
	f->fd = make(beside.data);
	if (f->fd < 0) {
		buf_free(&beside);
		return fail(path, errmsg);
	}
	f->path = mem_dup(path);
	f->beside = buf_steal(&beside);
	return true;
}

static void
end(struct whole_file *f)
{
	close(f->fd);
	free(f->path);
	free(f->beside);
}

void
whole_file_drop(struct whole_file *f)
{
	(void)!unlink(f->beside);
	end(f);
}

/* So that the name, too, is on the disk. A failure is of no matter here. */
static void
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL ? mem_dup(".") :
	    mem_ndup(path, (size_t)(slash - path) + 1);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		(void)!fsync(fd);
		close(fd);
	}
	free(folder);
}

bool
whole_file_put(struct whole_file *f, struct buf *errmsg)
{
	if (fsync(f->fd) != 0 || rename(f->beside, f->path) != 0) {
		fail(f->path, errmsg);
		whole_file_drop(f);
		return false;
	}
	sync_folder(f->path);
	end(f);
	return true;
}

static bool
write_all(int fd, const char *bytes, size_t n)
{
	ssize_t done;

	for (; n > 0; n -= (size_t)done, bytes += done) {
		done = write(fd, bytes, n);
		if (done < 0 && errno == EINTR)
			done = 0;
		if (done < 0)
			return false;
	}
	return true;
}

bool
whole_file_add(struct whole_file *f, const void *bytes, size_t n,
    struct buf *errmsg)
{
	return write_all(f->fd, bytes, n) || fail(f->path, errmsg);
}

bool
whole_file_write(const char *path, const void *bytes, size_t n,
    struct buf *errmsg)
{
	struct whole_file f;

	if (!whole_file_begin(&f, path, errmsg))
		return false;
	if (whole_file_add(&f, bytes, n, errmsg))
		return whole_file_put(&f, errmsg);
	whole_file_drop(&f);
	return false;
}

static bool
has(const char *path, const struct buf *text)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct buf errmsg = BUF_INIT;
	const void *bytes = NULL;
	size_t n = 0;
	bool same;

	if (fd < 0)
		return false;
	bytes = file_map(fd, &n, &errmsg);
	same = bytes != NULL && n == text->len &&
	    memcmp(bytes, text->data, n) == 0;
	if (bytes != NULL)
		file_unmap(bytes, n);
	close(fd);
	buf_free(&errmsg);
	return same;
}

bool
whole_file_keep(const char *path, const struct buf *text, struct buf *errmsg)
{
	return has(path, text) ||
	    whole_file_write(path, text->data, text->len, errmsg);
}

const void *
file_map(int fd, size_t *n, struct buf *errmsg)
{
	struct stat st;
	void *bytes;

	if (fstat(fd, &st) != 0) {
		buf_puts(errmsg, strerror(errno));
		return NULL;
	}
	*n = (size_t)st.st_size;
	if (*n == 0)
		return "";
	bytes = mmap(NULL, *n, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes != MAP_FAILED)
		return bytes;
	buf_puts(errmsg, strerror(errno));
	return NULL;
}

void
file_unmap(const void *bytes, size_t n)
{
	if (n > 0)
		munmap((void *)(uintptr_t)bytes, n);
}
