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
is_readable(int fd, struct buf *why)
{
	struct stat st;

	if (fstat(fd, &st) != 0) {
		buf_puts(why, strerror(errno));
		return false;
	}
	if (!S_ISREG(st.st_mode)) {
		buf_puts(why, S_ISDIR(st.st_mode) ? "is a directory" :
		    "is no regular file");
		return false;
	}
	return true;
}

/* The size is counted while reading: a file may grow under our hands. */
static bool
read_text(int fd, struct buf *text, struct buf *why)
{
	char chunk[CHUNK];
	size_t start = text->len;
	ssize_t n;

	while ((n = read(fd, chunk, sizeof chunk)) > 0) {
		buf_put(text, chunk, (size_t)n);
		if (text->len - start > CONFIG_FILE_MOST) {
			buf_printf(why, "has more than %u MB",
			    CONFIG_FILE_MOST >> 20);
			return false;
		}
	}
	if (n < 0) {
		buf_puts(why, strerror(errno));
		return false;
	}
	if (memchr(text->data + start, '\0', text->len - start) != NULL) {
		buf_puts(why, "holds NUL bytes: is it a text?");
		return false;
	}
	return true;
}

bool
config_file_read(const char *path, struct buf *text, struct buf *why)
{
	/* A FIFO must not keep us waiting. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool good;

	if (fd < 0) {
		buf_puts(why, strerror(errno));
		return false;
	}
	good = is_readable(fd, why) && read_text(fd, text, why);
	close(fd);
	return good;
}
