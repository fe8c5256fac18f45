/*
 * fuzz_recognise - any bytes as a reply and as a line of a log
 *
 * What is recognised is consistent, what is named lies within the text, and a
 * line's quote within the line.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "maillog/quote.h"
#include "words/reason.h"
#include "words/recognise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check(const char *text, size_t n)
{
	struct recognised r;
	int c;

	recognise(text, n, &r);
	if ((r.reason == REASON_NONE) != (r.confidence == RECOGNISED_UNKNOWN))
		BUG("a reason without confidence, or the reverse");
	if (r.reason < 0 || r.reason >= REASON_COUNT)
		BUG("no reason of the catalogue");
	if (memchr(r.status, '\0', sizeof r.status) == NULL)
		BUG("a status without end");
	for (c = 0; c < CAPTURE_COUNT; c++)
		if (r.captured[c].text != NULL && (r.captured[c].text < text ||
		    r.captured[c].text + r.captured[c].n > text + n))
			BUG("something named that is not in the text");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = mem_alloc(n + 1);
	struct quote q;

	if (n > 0)
		memcpy(text, data, n);
	check(text, n);
	quote_find(text, n, &q);
	if (q.reply < text || q.reply + q.n > text + n)
		BUG("a quote that is not in the line");
	check(q.reply, q.n);
	free(text);
	return 0;
}
