/* list_lines - a text file line by line, in bounded memory */

#include "lists/list_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

#define BLOCK ((size_t)65536)

/* One that other programs would open for ever, as a pipe, is refused. */
static bool
is_file(int fd, struct buf *errmsg)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return true;
	buf_puts(errmsg, "is not a file");
	return false;
}

bool
list_lines_open(struct list_lines *l, const char *path, struct buf *errmsg)
{
	memset(l, 0, sizeof *l);
	l->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (l->fd < 0) {
		buf_printf(errmsg, "cannot be opened: %s", strerror(errno));
		return false;
	}
	if (!is_file(l->fd, errmsg)) {
		close(l->fd);
		return false;
	}
	l->bytes = mem_resize(NULL, BLOCK + 1, 1);
	return true;
}

/* How the row must be written, for somebody who wrote it otherwise. */
static bool
fill(struct list_lines *l, struct buf *errmsg)
{
	ssize_t n;

	memmove(l->bytes, l->bytes + l->from, l->to - l->from);
	l->to -= l->from;
	l->from = 0;
	do
		n = read(l->fd, l->bytes + l->to, BLOCK - l->to);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		buf_printf(errmsg, "cannot be read: %s", strerror(errno));
		return false;
	}
	l->to += (size_t)n;
	l->end = n == 0;
	return true;
}

/* n bytes from `from` on are a line; `skip` of its end are passed over. */
static char *
give(struct list_lines *l, size_t n, size_t skip, struct buf *errmsg)
{
	char *line = l->bytes + l->from;

	l->line++;
	l->from += n + skip;
	if (n > 0 && line[n - 1] == '\r')
		n--;
	line[n] = '\0';
	if (n > LIST_LINE_MAX)
		buf_printf(errmsg, "the line is longer than %d bytes",
		    LIST_LINE_MAX);
	else if (strlen(line) != n)
		buf_puts(errmsg, "the line holds a NUL byte: this is no text");
	else
		return line;
	return NULL;
}

char *
list_lines_next(struct list_lines *l, struct buf *errmsg)
{
	size_t n;
	char *lf;

	for (;;) {
		n = l->to - l->from;
		lf = memchr(l->bytes + l->from, '\n', n);
		if (lf != NULL)
			return give(l, (size_t)(lf - l->bytes) - l->from, 1,
			    errmsg);
		if (n > LIST_LINE_MAX || (l->end && n > 0)) {
			l->unended = true;
			return give(l, n, 0, errmsg);
		}
		if (l->end || !fill(l, errmsg))
			return NULL;
	}
}

bool
list_lines_may_grow(const struct list_lines *l)
{
	struct stat st;
	time_t age;

	if (!l->unended || fstat(l->fd, &st) != 0)
		return false;
	age = time(NULL) - st.st_mtim.tv_sec;
	return age >= 0 && age < LIST_REST_SECONDS;
}

void
list_lines_close(struct list_lines *l)
{
	close(l->fd);
	free(l->bytes);
	l->bytes = NULL;
}
