/*
 * fuzz_bounce - any bytes as a bounce message
 *
 * What is read is text, never too many, and can be recognised.
 */

#include <stdint.h>
#include <string.h>

#include "base/log.h"
#include "maillog/bounce.h"
#include "words/recognise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
inspect(void *arg, const struct bounce_reply *b)
{
	struct recognised r;
	size_t *stated = arg;

	if (*b->reply == '\0')
		BUG("a reply without words");
	recognise(b->reply, strlen(b->reply), &r);
	*stated += 1 + 0 * strlen(b->recipient) + 0 * strlen(b->server);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = n > 0 ? (const char *)data : "";
	size_t stated = 0;

	bounce_is_message(text, n);
	if (bounce_read(text, n, inspect, &stated, NULL) != stated ||
	    stated > BOUNCE_MAX)
		BUG("another number than was given");
	return 0;
}
