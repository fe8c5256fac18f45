/* check - a finding of a check, here and now */

#include "checks/check.h"

struct finding *
check_found(const struct check_ctx *ctx, struct findings *found,
    int reason)
{
	const struct check *check = ctx->check;
	struct finding *f;

	f = findings_add(found, (int)reason, check->name, ctx->stage);
	f->section = check->section;
	f->identity = check->identity;
	f->issued_at = check->issued_at;
	if (ctx->stage == STAGE_RCPT)
		f->rcpt = ctx->session->nrecipients;
	return f;
}
