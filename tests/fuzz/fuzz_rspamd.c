/*
 * fuzz_rspamd - any bytes as rspamd's answer
 *
 * It is one or it is none; a verdict's words hold no NUL.
 */

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "scanners/rspamd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct rspamd_verdict v = { .symbols = BUF_INIT, .message = BUF_INIT };

	if (!rspamd_read((const char *)data, n, &v) && v.symbols.len > 0)
		BUG("symbols without a verdict");
	if (v.action > RSPAMD_REJECT)
		BUG("no action");
	if (memchr(v.symbols.data, '\0', v.symbols.len) != NULL)
		BUG("a NUL in the symbols");
	buf_free(&v.symbols);
	buf_free(&v.message);
	return 0;
}
