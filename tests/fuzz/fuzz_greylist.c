/*
 * fuzz_greylist - any bytes as the database of another greylister
 *
 * Whoever passes is an address that is known; each is counted.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/net.h"
#include "lists/greylist_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
on_client(void *arg, const struct ip *client)
{
	uint64_t *passed = arg;

	if (!client->known)
		BUG("nobody passes");
	++*passed;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct greylist_file_options o = { .now = 1795762745,
		.delay = 300, .max_age = 36 * 86400 };
	struct greylist_file_counts c;
	uint64_t passed = 0;
	char *text = malloc(n + 1);

	/* A copy of its own, so that a byte too far is seen. */
	memcpy(text, data, n);
	text[n] = '\0';
	greylist_file_read(text, n, &o, on_client, &passed, &c);
	if (passed != c.passed)
		BUG("another number than was counted");
	free(text);
	return 0;
}
