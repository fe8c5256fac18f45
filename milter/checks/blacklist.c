/* blacklist - what the checks of the blacklist section share */

#include "checks/blacklist.h"

#include "base/buf.h"
#include "words/reason.h"

bool
blacklist_active(const void *options, const struct site *site)
{
	const struct blacklist *b = options;

	(void)site;
	return !mailset_is_empty(&b->entries);
}

void
blacklist_found(const struct check_ctx *ctx, struct findings *found,
    int reason, const char *entry)
{
	struct buf list = BUF_INIT;
	struct finding *f;

	if (entry == NULL)
		return;
	buf_printf(&list, "%s.%s", ctx->check->section,
	    ctx->check->options[0].name);
	f = check_found(ctx, found, reason);
	finding_say(f, EVIDENCE_LIST, list.data);
	finding_say(f, EVIDENCE_ENTRY, entry);
	buf_free(&list);
}
