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
#include "base/whole_file.h"

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

/* Owner and mode of the old one before there is a byte in it. */
static bool
take_after(int fd, const char *path)
{
	struct stat as;

	return stat(path, &as) == 0 &&
	    fchown(fd, as.st_uid, as.st_gid) == 0 &&
	    fchmod(fd, as.st_mode & 07777) == 0;
}

static bool
replace(const char *path, const struct buf *text, struct buf *errmsg)
{
	struct whole_file f;

	if (!whole_file_begin(&f, path, errmsg))
		return false;
	if (!take_after(f.fd, path))
		buf_printf(errmsg, "%s cannot be written: %s", path,
		    strerror(errno));
	else if (whole_file_add(&f, text->data, text->len, errmsg))
		return whole_file_put(&f, errmsg);
	whole_file_drop(&f);
	return false;
}

bool
setup_file_write(const char *path, const struct buf *text, struct buf *errmsg)
{
	char real[PATH_MAX];

	if (realpath(path, real) != NULL)
		return replace(real, text, errmsg);
	buf_printf(errmsg, "%s cannot be written: %s", path, strerror(errno));
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
