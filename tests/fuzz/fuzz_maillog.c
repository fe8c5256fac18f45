/*
 * fuzz_maillog - any text as the log of a mail server
 *
 * What is read of a line lies in the line, or in what was remembered.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "maillog/maillog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
touch(struct buf *out, struct slice s)
{
	if (s.text == NULL && s.n > 0)
		BUG("bytes of nothing");
	if (s.n > 0)
		buf_put(out, s.text, s.n);
}

static void
note(void *arg, const struct log_event *h)
{
	struct buf *out = arg;

	buf_clear(out);
	touch(out, h->reply);
	touch(out, h->status);
	touch(out, h->queue_id);
	touch(out, h->client);
	touch(out, h->name);
	touch(out, h->helo);
	touch(out, h->login);
	touch(out, h->sender);
	touch(out, h->recipient);
	touch(out, h->relay);
	if (h->line != NULL)
		logline_time(h->line, 1767312000000LL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf out = BUF_INIT;
	struct maillog *g = maillog_new(note, &out);
	const char *at = (const char *)data, *end = at + n, *newline;
	char *line;

	while (at < end) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (newline == NULL)
			newline = end;
		/* A copy of its own, so that a byte too far is seen. */
		line = malloc((size_t)(newline - at));
		memcpy(line, at, (size_t)(newline - at));
		maillog_line(g, line, (size_t)(newline - at));
		free(line);
		at = newline + 1;
	}
	maillog_end(g);
	maillog_free(g);
	buf_free(&out);
	return 0;
}
