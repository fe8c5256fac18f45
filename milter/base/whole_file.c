/* whole_file - a file that is written beside its place and then put there */

#include "base/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

bool
whole_file_begin(struct whole_file *f, const char *path, struct buf *errmsg)
{
	struct buf beside = BUF_INIT;

	buf_printf(&beside, "%s.XXXXXX", path);
	f->fd = mkostemp(beside.data, O_CLOEXEC);
	if (f->fd < 0) {
		buf_printf(errmsg, "%s cannot be written: %s", path,
		    strerror(errno));
		buf_free(&beside);
		return false;
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

/* mkostemp(3) makes a file that is for us alone. */
static bool
open_to_others(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	return fchmod(fd, 0644 & ~mask) == 0;
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
	if (!open_to_others(f->fd) || fsync(f->fd) != 0 ||
	    rename(f->beside, f->path) != 0) {
		buf_printf(errmsg, "%s cannot be written: %s", f->path,
		    strerror(errno));
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
whole_file_write(const char *path, const void *bytes, size_t n,
    struct buf *errmsg)
{
	struct whole_file f;

	if (!whole_file_begin(&f, path, errmsg))
		return false;
	if (write_all(f.fd, bytes, n))
		return whole_file_put(&f, errmsg);
	buf_printf(errmsg, "%s cannot be written: %s", path, strerror(errno));
	whole_file_drop(&f);
	return false;
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
