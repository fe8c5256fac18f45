/*
 * fuzz_dkim_canon - a body in pieces is what it is in one; tag lists
 *
 * The first byte tells how long the pieces are.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "auth/dkim_canon.h"
#include "auth/dkim_taglist.h"
#include "base/buf.h"
#include "base/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
collect(void *arg, const char *bytes, size_t n)
{
	buf_put(arg, bytes, n);
}

static void
make(enum dkim_canon how, const char *text, size_t n, size_t piece,
    struct buf *out)
{
	struct dkim_body b;
	size_t part;

	dkim_body_init(&b, how, collect, out);
	for (; n > 0; text += part, n -= part) {
		part = n < piece ? n : piece;
		dkim_body_put(&b, text, part);
	}
	dkim_body_end(&b);
	if (b.bytes != out->len)
		BUG("bytes that were not counted");
}

static void
check_body(enum dkim_canon how, const char *text, size_t n, size_t piece)
{
	struct buf whole = BUF_INIT, parts = BUF_INIT, again = BUF_INIT;

	make(how, text, n, n, &whole);
	make(how, text, n, piece, &parts);
	make(how, whole.data, whole.len, piece, &again);
	if (whole.len != parts.len ||
	    memcmp(whole.data, parts.data, whole.len) != 0)
		BUG("pieces make another body");
	if (whole.len != again.len ||
	    memcmp(whole.data, again.data, whole.len) != 0)
		BUG("what is canonical changes");
	buf_free(&whole);
	buf_free(&parts);
	buf_free(&again);
}

static void
check_tags(const char *text, size_t n)
{
	struct dkim_taglist list;
	unsigned char *bytes;
	const char *word;
	size_t i, at, len;

	if (dkim_taglist_parse(&list, text, n) != NULL)
		return;
	for (i = 0; i < list.n; i++) {
		for (at = 0; dkim_tag_word(&list.v[i], &at, &word, &len);)
			if (word < text || word + len > text + n)
				BUG("a word outside of its list");
		bytes = dkim_tag_base64(&list.v[i], &len);
		free(bytes);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = (const char *)data + 1;

	if (n == 0)
		return 0;
	check_body(DKIM_CANON_SIMPLE, text, n - 1, 1 + data[0] % 64);
	check_body(DKIM_CANON_RELAXED, text, n - 1, 1 + data[0] % 64);
	check_tags(text, n - 1);
	return 0;
}
