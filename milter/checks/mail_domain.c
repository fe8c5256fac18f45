/* mail_domain - does a domain exist, and does it accept mail? */

#include "checks/mail_domain.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "dns/dns.h"

enum { ASK_MX, ASK_A, ASK_AAAA, LOOKUPS };

static bool
is_null_mx(const struct dns_answer *mx)
{
	return mx->n == 1 && mx->v[0].n == 0;
}

static enum mail_domain
judge(const struct dns_question *q, struct buf *failure)
{
	const char *failed = NULL;
	size_t i;

	for (i = 0; i < LOOKUPS; i++) {
		if (q[i].answer->status == DNS_FOUND &&
		    !is_null_mx(q[ASK_MX].answer))
			return MAIL_DOMAIN_GOOD;
		if (q[i].answer->status == DNS_TEMPFAIL)
			failed = q[i].answer->failure;
	}
	if (is_null_mx(q[ASK_MX].answer))
		return MAIL_DOMAIN_NULL_MX;
	if (failed == NULL)
		return MAIL_DOMAIN_NONE;
	buf_puts(failure, failed);
	return MAIL_DOMAIN_TEMPFAIL;
}

enum mail_domain
mail_domain_ask(const char *domain, int64_t deadline, struct buf *failure)
{
	struct dns_question q[LOOKUPS] = {
		[ASK_MX] = { .type = DNS_MX, .name = domain },
		[ASK_A] = { .type = DNS_A, .name = domain },
		[ASK_AAAA] = { .type = DNS_AAAA, .name = domain } };
	enum mail_domain found;

	dns_ask(q, LOOKUPS, deadline);
	found = judge(q, failure);
	dns_forget(q, LOOKUPS);
	return found;
}
