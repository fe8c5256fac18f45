/*
 * fuzz_mime - any bytes as a message, whole and in pieces
 *
 * However it is cut, the same parts come out, each that begins ends, and
 * nothing comes of one that is not open.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "mime/encoded.h"
#include "mime/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct outcome {
	unsigned open[MIME_DEPTH + 2];
	size_t nopen;
	unsigned long long sum;	/* of all that was read */
	size_t bytes;
};

static void
add(struct outcome *s, unsigned part, const char *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		s->sum = (s->sum ^ (unsigned char)bytes[i] ^ part) *
		    1099511628211u;
}

/* Bytes and text are cut differently, so only the bytes are summed. */
static void
reported(void *arg, const struct mime_event *e)
{
	struct outcome *s = arg;

	if (e->what == MIME_BEGIN) {
		s->open[s->nopen++] = e->part->number;
		add(s, e->part->number, e->part->type, strlen(e->part->type));
	} else if (s->nopen == 0 ||
	    s->open[s->nopen - 1] != e->part->number) {
		BUG("a part that is not open");
	}
	if (e->what == MIME_BYTES) {
		add(s, e->part->number, e->bytes, e->n);
		s->bytes += e->n;
	}
	if (e->what == MIME_END) {
		add(s, e->part->faults, "e", 1);
		s->nopen--;
	}
}

static struct outcome
feed(const char *type, const char *bytes, size_t n, size_t piece)
{
	struct outcome s = { .sum = 14695981039346656037u };
	struct mime *m = mime_new(reported, &s);
	size_t use;

	mime_header(m, "Content-Type", type);
	mime_headers_end(m, false);
	for (; n > 0; bytes += use, n -= use) {
		use = n < piece ? n : piece;
		mime_body(m, bytes, use);
	}
	mime_end(m);
	mime_free(m);
	if (s.nopen != 0)
		BUG("a part that does not end");
	return s;
}

static void
words(const char *text, size_t n)
{
	struct buf out = BUF_INIT;

	encoded_put(&out, text, n);
	if (out.len > n * 8 + 16)
		BUG("a text grows");
	buf_free(&out);
}

/* The first line is the type of the message. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = n > 0 ? (const char *)data : "";
	const char *eol = memchr(text, '\n', n);
	size_t line = eol != NULL ? (size_t)(eol - text) : 0;
	char *type = mem_ndup(text, line);
	static const size_t pieces[] = { 1, 3, 64 };
	struct outcome whole, cut;
	size_t i, skip = eol != NULL ? line + 1 : 0;

	whole = feed(type, text + skip, n - skip, n + 1);
	for (i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		cut = feed(type, text + skip, n - skip, pieces[i]);
		if (cut.sum != whole.sum || cut.bytes != whole.bytes)
			BUG("another message when it is cut");
	}
	words(text, n);
	free(type);
	return 0;
}
