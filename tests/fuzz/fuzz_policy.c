/*
 * fuzz_policy - any bytes at the policy service, from Postfix or Sendmail
 *
 * A question is within bounds and leaves a session that can be asked about.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "doors/policy_service_postfix.h"
#include "doors/policy_service_sendmail.h"
#include "doors/server.h"
#include "doors/socketmap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
try_request(const char *in, size_t n)
{
	size_t taken = policy_postfix_length(in, n);
	struct session s;

	if (taken == 0 || taken == SERVER_CLOSE)
		return;
	if (taken > n || taken > POLICY_POSTFIX_MAX)
		BUG("a request out of bounds");
	session_init(&s);
	policy_postfix_session(in, taken, &s);
	if (policy_postfix_is_rcpt(in, taken) && s.rcpt == NULL)
		BUG("RCPT without a recipient");
	session_free(&s);
}

static void
try_key(const char *key, size_t n)
{
	struct session s;

	session_init(&s);
	if (policy_sendmail_session(key, n, STAGE_RCPT, &s) && s.rcpt == NULL)
		BUG("RCPT without a recipient");
	session_free(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *in = n > 0 ? (const char *)data : "";
	struct socketmap_query q;
	size_t taken = socketmap_read(in, n, &q);

	try_request(in, n);
	if (taken != 0 && taken != SERVER_CLOSE)
		try_key(q.key, q.key_n);
	else
		try_key(in, n);
	return 0;
}
