/* regular_file - files that do not make their reader wait */

#include "base/regular_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

static void
say(struct buf *errmsg, const char *words)
{
	if (errmsg != NULL)
		buf_puts(errmsg, words);
}

/* NULL: it is one. */
static const char *
fault(const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return strerror(EISDIR);
	return S_ISREG(st->st_mode) ? NULL : "is no regular file";
}

FILE *
regular_file_open(const char *path, struct buf *errmsg)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *words = NULL;
	FILE *f = NULL;
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0)
		words = fault(&st);
	if (fd >= 0 && words == NULL)
		f = fdopen(fd, "r");
	if (f != NULL)
		return f;
	say(errmsg, words != NULL ? words : strerror(errno));
	if (fd >= 0)
		close(fd);
	return NULL;
}

bool
regular_file_or_none(const char *path, struct buf *errmsg)
{
	const char *words = NULL;
	struct stat st;

	if (stat(path, &st) == 0)
		words = fault(&st);
	if (words != NULL)
		say(errmsg, words);
	return words == NULL;
}
