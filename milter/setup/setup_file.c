/* setup_file - a configuration file read, and written anew in one step */

#include "setup/setup_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

#define FILE_MAX ((size_t)1 << 20)

bool
setup_file_read(const char *path, struct buf *text, struct buf *errmsg)
{
	FILE *f = fopen(path, "re");
	char bytes[4096];
	bool good = f != NULL;
	size_t n;

	while (good && (n = fread(bytes, 1, sizeof bytes, f)) > 0) {
		buf_put(text, bytes, n);
		good = text->len <= FILE_MAX;
	}
	if (!good || ferror(f) != 0)
		buf_printf(errmsg, "%s: %s", path, f == NULL ?
		    strerror(errno) : "cannot be read");
	else if (strlen(text->data) != text->len)
		buf_printf(errmsg, "%s: has NUL in it", path);
	if (f != NULL)
		fclose(f);
	return errmsg->len == 0;
}

static bool
put(int fd, const struct buf *text)
{
	size_t done = 0;
	ssize_t n;

	while (done < text->len) {
		n = write(fd, text->data + done, text->len - done);
		if (n < 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

/* Text, owner, mode, and on disk before it gets its name. */
static bool
fill(int fd, const struct buf *text, const struct stat *as)
{
	return put(fd, text) && fchown(fd, as->st_uid, as->st_gid) == 0 &&
	    fchmod(fd, as->st_mode & 07777) == 0 && fsync(fd) == 0;
}

static bool
replace(const char *path, const struct buf *text)
{
	struct buf beside = BUF_INIT;
	struct stat as;
	bool good = false;
	int fd;

	buf_printf(&beside, "%s.saywhy-XXXXXX", path);
	fd = mkstemp(beside.data);
	if (fd >= 0) {
		good = stat(path, &as) == 0 && fill(fd, text, &as) &&
		    rename(beside.data, path) == 0;
		if (!good)
			unlink(beside.data);
		close(fd);
	}
	buf_free(&beside);
	return good;
}

bool
setup_file_write(const char *path, const struct buf *text, struct buf *errmsg)
{
	char real[PATH_MAX];

	if (realpath(path, real) != NULL && replace(real, text))
		return true;
	buf_printf(errmsg, "%s: cannot be written: %s", path, strerror(errno));
	return false;
}

bool
setup_file_make(const char *path, const struct buf *text, struct buf *errmsg)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool good = fd >= 0 && put(fd, text);

	if (!good)
		buf_printf(errmsg, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return good;
}
