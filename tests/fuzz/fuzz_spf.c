/*
 * fuzz_spf - any text as an SPF record, and as what exp= leads to
 *
 * Both are put into DNS, and the record asked for an IPv4 and an IPv6 client.
 * The first line is the record, the second the explanation, others are
 * records of names that may be included.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "auth/spf.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "dns/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
ask(const char *client)
{
	struct spf_query q = { .helo = "h.test", .local = "l+x",
		.domain = "a.test", .receiver = "r.test", .explain = true,
		.deadline = clock_ms() + 1000 };
	struct spf spf;

	if (!ip_parse(client, &q.client))
		BUG("no address");
	spf_check(&q, &spf);
	if (spf.lookups > 10 || spf.voids > 3)
		BUG("a limit is not kept");
	if ((spf.result >= SPF_TEMPERROR) != (spf.detail != NULL) &&
	    spf.result >= SPF_TEMPERROR)
		BUG("an error without words");
	if (spf.result != SPF_FAIL && spf.explanation != NULL)
		BUG("an explanation of nothing");
	spf_clear(&spf);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const names[] = { "a.test", "exp.test", "b.test",
		"c.test" };
	char *text = mem_ndup(n > 0 ? (const char *)data : "", n);
	char *at = text, *line;
	struct buf errmsg = BUF_INIT;
	size_t i;

	dns_offline(false);
	dns_preload("a.test", "A", "192.0.2.1", &errmsg);
	dns_preload("b.test", "MX", "1 a.test", &errmsg);
	dns_preload("1.2.0.192.in-addr.arpa", "PTR", "a.test", &errmsg);
	for (i = 0; i < 4 && (line = strsep(&at, "\n")) != NULL; i++)
		dns_preload(names[i], "TXT", line, &errmsg);
	ask("192.0.2.1");
	ask("2001:db8::1");
	dns_stop();
	buf_free(&errmsg);
	free(text);
	return 0;
}
