/*
 * fuzz_journal - any bytes as what journalctl exports
 *
 * In one piece and in many the same lines; none has a control character, and
 * none is longer than what is kept of its four fields.
 */

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "maillog/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
tell(void *arg, const char *line, size_t n)
{
	struct buf *out = arg;
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)line[i] < ' ' && line[i] != '\t')
			BUG("a line that is not one");
	if (n > 4 * TAIL_LINE_MAX + 100)
		BUG("a line without a bound");
	buf_put(out, line, n);
	buf_putc(out, '\n');
}

static void
read_in(const uint8_t *data, size_t n, size_t piece, struct buf *out)
{
	struct journal *j = journal_new(tell, out);
	size_t use;

	for (; n > 0; data += use, n -= use) {
		use = n < piece ? n : piece;
		journal_put(j, (const char *)data, use);
	}
	buf_puts(out, journal_cursor(j));
	journal_free(j);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf whole = BUF_INIT, pieces = BUF_INIT;

	if (n == 0)
		return 0;
	read_in(data + 1, n - 1, n, &whole);
	read_in(data + 1, n - 1, data[0] % 16 + 1u, &pieces);
	if (whole.len != pieces.len ||
	    memcmp(whole.data, pieces.data, whole.len) != 0)
		BUG("the pieces make a difference");
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}
