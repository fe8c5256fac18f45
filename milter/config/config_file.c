/* config_file - a file that an admin wrote, whole */

#include "config/config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

#define CHUNK 65536

static bool
is_readable(int fd, struct buf *errmsg)
{
	struct stat st;

	if (fstat(fd, &st) != 0) {
		buf_puts(errmsg, strerror(errno));
		return false;
	}
	if (!S_ISREG(st.st_mode)) {
		buf_puts(errmsg, S_ISDIR(st.st_mode) ? "is a directory" :
		    "is no regular file");
		return false;
	}
	return true;
}

/* Windows puts these bytes before a text in UTF-8. */
static void
skip_mark(struct buf *text, size_t start)
{
	static const char mark[] = "\xef\xbb\xbf";
	size_t n = sizeof mark - 1;

	if (text->len - start < n || memcmp(text->data + start, mark, n) != 0)
		return;
	memmove(text->data + start, text->data + start + n,
	    text->len - start - n);
	buf_cut(text, text->len - n);
}

/* The size is counted while reading: a file may grow under our hands. */
static bool
read_text(int fd, struct buf *text, struct buf *errmsg)
{
	char chunk[CHUNK];
	size_t start = text->len;
	ssize_t n;

	while ((n = read(fd, chunk, sizeof chunk)) > 0) {
		buf_put(text, chunk, (size_t)n);
		if (text->len - start > CONFIG_FILE_MAX) {
			buf_printf(errmsg, "has more than %u MB",
			    CONFIG_FILE_MAX >> 20);
			return false;
		}
	}
	if (n < 0) {
		buf_puts(errmsg, strerror(errno));
		return false;
	}
	skip_mark(text, start);
	if (memchr(text->data + start, '\0', text->len - start) != NULL) {
		buf_puts(errmsg, "holds NUL bytes: is it a text?");
		return false;
	}
	return true;
}

bool
config_file_read(const char *path, struct buf *text, struct buf *errmsg)
{
	/* A FIFO must not keep us waiting. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool good;

	if (fd < 0) {
		buf_puts(errmsg, strerror(errno));
		return false;
	}
	good = is_readable(fd, errmsg) && read_text(fd, text, errmsg);
	close(fd);
	return good;
}
