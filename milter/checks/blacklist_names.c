/*
 * blacklist_names - blacklist { helos, senders, recipients }: lists in the file
 */

#include "checks/blacklist.h"
#include "words/reason.h"

/* What each stage looks up. */
static const char *
find(const struct mailset *entries, const struct check_ctx *ctx)
{
	const struct session *s = ctx->session;

	switch (ctx->stage) {
	case STAGE_HELO:
		return mailset_find_name(entries, s->helo);
	case STAGE_MAIL:
		return mailset_find_mailbox(entries, &s->sender);
	case STAGE_RCPT:
		return mailset_find_mailbox(entries, &s->rcpt->mailbox);
	case STAGE_CONNECT:
	case STAGE_DATA:
	case STAGE_HEADERS:
	case STAGE_MESSAGE:
		break;
	}
	return NULL;
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct blacklist *b = ctx->options;

	blacklist_found(ctx, found, (enum reason_id)ctx->check->reasons[0],
	    find(&b->entries, ctx));
}

/* One check each: its name, stage, option with help, and reason. */
#define BLACKLIST(id, at, named, parser, text, reason_id)                     \
	static const struct option id##_options[] = {                         \
		{ .name = (named), .type = OPTION_LIST,                       \
		    .offset = offsetof(struct blacklist, entries),            \
		    .parse = (parser), .free = mailset_free_option,           \
		    .help = (text) },                                         \
		{ .name = NULL }                                              \
	};                                                                    \
	static const int id##_reasons[] = { REASON_##reason_id,               \
		REASON_NONE };                                                \
	const struct check check_##id = {                                     \
		.name = #id,                                                  \
		.section = "blacklist",                                       \
		.stages = STAGE_BIT(STAGE_##at),                              \
		.issued_at = STAGE_RCPT,                                      \
		.identity = true,                                             \
		.reasons = id##_reasons,                                      \
		.options = id##_options,                                      \
		.options_size = sizeof(struct blacklist),                     \
		.active = blacklist_active,                                   \
		.run = run                                                    \
	}

BLACKLIST(blacklist_helo, HELO, "helos", mailset_parse_host,
    "names that are refused as HELO or EHLO", HELO_DENIED);
BLACKLIST(blacklist_sender, MAIL, "senders", mailset_parse,
    "senders that are refused", SENDER_DENIED);
BLACKLIST(blacklist_rcpt, RCPT, "recipients", mailset_parse,
    "recipients that take no mail from strangers", RCPT_DENIED);
