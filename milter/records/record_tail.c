/* record_tail - a record of late, looked up in the record file itself */

#include "records/record_tail.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

#define PIECE (1 << 20)
#define OVERLAP (64 << 10)	/* a line lies whole in one of two pieces */
#define FAR (64 << 20)
#define WAIT_MS 100

static bool
find_in(const char *bytes, size_t n, const char *word, struct buf *line)
{
	const char *at = memmem(bytes, n, word, strlen(word)), *end;

	if (at == NULL)
		return false;
	end = memchr(at, '\n', n - (size_t)(at - bytes));
	while (at > bytes && at[-1] != '\n')
		at--;
	if (end == NULL || *at != '{')
		return false;
	buf_put(line, at, (size_t)(end - at));
	return true;
}

static bool
search(int fd, int64_t size, const char *word, struct buf *line)
{
	const int64_t deadline = clock_ms() + WAIT_MS;
	char *bytes = mem_alloc(PIECE + OVERLAP);
	int64_t from = size;
	bool found = false;
	ssize_t n;

	while (!found && from > 0 && size - from < FAR &&
	    clock_ms() < deadline) {
		from = from > PIECE ? from - PIECE : 0;
		n = pread(fd, bytes, PIECE + OVERLAP, from);
		found = n > 0 && find_in(bytes, (size_t)n, word, line);
	}
	free(bytes);
	return found;
}

bool
record_tail_find(const char *path, const char *id, struct buf *line)
{
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) :
	    -1;
	struct buf word = BUF_INIT;
	struct stat st;
	bool found = false;

	buf_printf(&word, "\"id\":\"%s\"", id);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		found = search(fd, st.st_size, word.data, line);
	if (fd >= 0)
		close(fd);
	buf_free(&word);
	return found;
}
