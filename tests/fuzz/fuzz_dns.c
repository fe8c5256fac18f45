/*
 * fuzz_dns - any bytes as the answer of a DNS server
 *
 * The first byte says what was asked. What is found has a text that ends in a
 * NUL where its length says, and what is none or failed has no records.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "dns/dns_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct dns_shared_answer *shared;
	const struct dns_record *record;
	uint32_t ttl = 0;
	size_t i;

	if (n == 0)
		return 0;
	shared = dns_message_read(data + 1, n - 1,
	    (enum dns_type)(data[0] % (DNS_CNAME + 1)), "a.example", &ttl);
	if (ttl < DNS_TTL_LEAST || ttl > DNS_TTL_MAX)
		BUG("a TTL out of bounds");
	if ((shared->answer.status == DNS_FOUND) != (shared->answer.n > 0))
		BUG("found nothing, or records of nothing");
	if ((shared->answer.status == DNS_TEMPFAIL) !=
	    (shared->answer.failure != NULL))
		BUG("failure without words");
	for (i = 0; i < shared->answer.n; i++) {
		record = &shared->answer.v[i];
		if (record->text != NULL && record->text[record->n] != '\0')
			BUG("a text without end");
	}
	dns_drop(&shared->answer);
	return 0;
}
