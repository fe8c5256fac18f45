/* helo_syntax - a HELO that is no host name (RFC 5321 sections 2.3.5, 4.1.3) */

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/net.h"
#include "checks/check.h"
#include "model/mailbox.h"
#include "words/reason.h"

/* What is wrong with it, or NULL. */
static const char *
fault(const char *helo, enum reason_id *reason)
{
	struct ip ip;

	*reason = REASON_HELO_SYNTAX;
	if (mailbox_literal(helo, &ip))
		return NULL;
	if (*helo == '\0')
		return "it is empty";
	if (ip_parse(helo, &ip))
		return "an address stands in brackets";
	if (!mailbox_is_host_name(helo))
		return "letters, digits, hyphens and dots make a host name";
	*reason = REASON_HELO_NOT_FQDN;
	return strchr(helo, '.') == NULL ? "it has no dot" : NULL;
}

/*
 * A dot at its end is the root's (RFC 1034 section 3.1): no mail server refuses
 * a name for it. For the caller to free.
 */
static char *
without_root(const char *helo)
{
	size_t n = strlen(helo);

	if (n > 1 && helo[n - 1] == '.' && helo[n - 2] != '.')
		n--;
	return mem_ndup(helo, n);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const char *helo = ctx->session->helo, *words;
	enum reason_id reason;
	char *name;

	if (helo == NULL)
		return;
	name = without_root(helo);
	words = fault(name, &reason);
	if (words != NULL)
		finding_say(check_found(ctx, found, reason), EVIDENCE_DETAIL,
		    words);
	free(name);
}

static const int reasons[] = { REASON_HELO_SYNTAX, REASON_HELO_NOT_FQDN,
	REASON_NONE };

const struct check check_helo_syntax = {
	.name = "helo_syntax",
	.section = "auth",
	.stages = STAGE_BIT(STAGE_HELO),
	.issued_at = STAGE_RCPT,
	.identity = true,
	.reasons = reasons,
	.run = run
};
