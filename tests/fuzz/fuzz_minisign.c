/*
 * fuzz_minisign - any text as a signature and as a public key
 *
 * What is read says nothing that is not there, and no key of a text signs it.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "lists/minisign.h"

#define KEY "RWTfcmC3kkOk7g6p19O0zhN9KYcfY6OtikKP2HhH4cslI/X6hg/u0KJt"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
try_signature(const char *text)
{
	struct minisign_keys keys = { .v = NULL };
	struct buf errmsg = BUF_INIT;
	struct minisign m;

	if (!minisign_keys_add(&keys, KEY, &errmsg))
		BUG("a good key is refused");
	if (minisign_read(&m, text, &errmsg)) {
		if (m.comment == NULL || strstr(text, m.comment) == NULL)
			BUG("a comment from nowhere");
		if (m.file != NULL && strstr(m.comment, m.file) == NULL)
			BUG("a file from nowhere");
		/* Of one text; this is another. */
		if (minisign_verifies(&m, &keys, "another", 7, &errmsg))
			BUG("a forged signature");
	} else if (errmsg.len == 0)
		BUG("no words");
	minisign_free(&m);
	minisign_keys_free(&keys);
	buf_free(&errmsg);
}

static void
try_key(const char *text)
{
	struct minisign_keys keys = { .v = NULL };
	struct buf errmsg = BUF_INIT;

	if (minisign_keys_add(&keys, text, &errmsg) != (keys.n == 1))
		BUG("a key that is not kept");
	minisign_keys_free(&keys);
	buf_free(&errmsg);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text;

	if (n > MINISIGN_TEXT_MAX)
		return 0;
	text = mem_ndup((const char *)data, n);
	try_signature(text);
	try_key(text);
	free(text);
	return 0;
}
