/*
 * fuzz_dkim - any bytes as a message with signatures, and as their key
 *
 * The first line is the key; what follows are fields and, past an empty line,
 * the body. Nobody signed with a key that a fuzzer could guess. One in eight
 * is for the other engine.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "auth/dkim.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "dns/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* One field; false: the header is over. */
static bool
feed(struct dkim_check *c, char *line)
{
	char *colon = strchr(line, ':');

	if (*line == '\0')
		return false;
	if (colon != NULL) {
		*colon = '\0';
		dkim_check_header(c, line, colon + 1);
	}
	return true;
}

static void
inspect(const struct dkim_result *r)
{
	size_t i;

	if (r->n > DKIM_SIGNATURES_MAX)
		BUG("too many signatures");
	for (i = 0; i < r->n; i++)
		if ((r->v[i].verdict == DKIM_VERDICT_PASS) !=
		    (r->v[i].detail == NULL))
			BUG("a verdict and its words disagree");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = mem_ndup(n > 0 ? (const char *)data : "", n);
	char *at = text, *line = strsep(&at, "\n");
	enum dkim_engine engine = n > 0 && data[n - 1] % 8 == 0 &&
	    dkim_engine_there(DKIM_ENGINE_OPENDKIM) ?
	    DKIM_ENGINE_OPENDKIM : DKIM_ENGINE_SAYWHY;
	struct dkim_check *c = dkim_check_new(engine);
	struct buf errmsg = BUF_INIT;

	dns_offline(false);
	dns_preload("s._domainkey.a.test", "TXT", line, &errmsg);
	while ((line = strsep(&at, "\n")) != NULL && feed(c, line))
		;
	dkim_check_end_of_header(c, clock_ms() + 1000);
	if (at != NULL)
		dkim_check_body(c, at, strlen(at));
	inspect(dkim_check_end(c));
	dkim_check_free(c);
	dns_stop();
	buf_free(&errmsg);
	free(text);
	return 0;
}
