/* socketmap - the protocol in which mail servers ask a table */

#include "doors/socketmap.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "doors/server.h"

#define DIGITS_MAX 5		/* of SOCKETMAP_MAX */

/* The length before the colon; *at is set behind it. 0: not yet complete. */
static size_t
read_length(const char *in, size_t n, size_t *at)
{
	size_t length = 0, i;

	for (i = 0; i < n && in[i] >= '0' && in[i] <= '9'; i++) {
		if (i == DIGITS_MAX || (i == 1 && in[0] == '0'))
			return SERVER_CLOSE;
		length = length * 10 + (size_t)(in[i] - '0');
	}
	if (i == n)
		return 0;
	if (in[i] != ':' || i == 0 || length == 0 || length > SOCKETMAP_MAX)
		return SERVER_CLOSE;
	*at = i + 1;
	return length;
}

static bool
split(const char *text, size_t n, struct socketmap_query *q)
{
	const char *blank = memchr(text, ' ', n);

	if (blank == NULL || blank == text)
		return false;
	q->map = text;
	q->map_n = (size_t)(blank - text);
	q->key = blank + 1;
	q->key_n = n - q->map_n - 1;
	return true;
}

size_t
socketmap_read(const char *in, size_t n, struct socketmap_query *q)
{
	size_t at = 0, length = read_length(in, n, &at);

	if (length == 0 || length == SERVER_CLOSE)
		return length;
	if (n - at < length + 1)
		return 0;
	if (in[at + length] != ',' || !split(in + at, length, q))
		return SERVER_CLOSE;
	return at + length + 1;
}

void
socketmap_found(struct buf *out, const char *data, size_t n)
{
	buf_printf(out, "%zu:OK ", n + 3);
	buf_put(out, data, n);
	buf_putc(out, ',');
}

void
socketmap_not_found(struct buf *out)
{
	buf_puts(out, "9:NOTFOUND ,");
}
