/*
 * content_bulk_headers - bulk mail that does not say how to end it (RFC 2369)
 */

#include <string.h>
#include <strings.h>

#include "checks/check.h"
#include "words/reason.h"

struct options {
	bool unsubscribe;
};

static const struct option options[] = {
	{ .name = "bulk-unsubscribe", .type = OPTION_BOOL,
	    .offset = offsetof(struct options, unsubscribe),
	    .default_value = "no",
	    .help = "bulk mail must have a List-Unsubscribe field" },
	{ .name = NULL }
};

static bool
active(const void *opt, const struct site *site)
{
	const struct options *o = opt;

	(void)site;
	return o->unsubscribe;
}

/* Is the value one of these words, whatever stands around it? */
static bool
is_bulk_word(const char *value)
{
	size_t n;

	value += strspn(value, " \t\r\n");
	n = strcspn(value, " \t\r\n;");
	return (n == 4 && (strncasecmp(value, "bulk", 4) == 0 ||
	    strncasecmp(value, "list", 4) == 0 ||
	    strncasecmp(value, "junk", 4) == 0));
}

/* The field by which the message itself says that it goes to many, or NULL. */
static const char *
bulk_field(const struct session *s)
{
	static const char *const names[] = { "List-Id", "Feedback-ID",
		"X-CSA-Complaints", "X-Campaign", "X-CampaignId",
		"X-Mailgun-Sid", "X-SG-EID", "X-MC-User" };
	const struct header *h;
	size_t i;

	for (h = s->headers; h < s->headers + s->nheaders; h++) {
		if (strcasecmp(h->name, "Precedence") == 0 &&
		    is_bulk_word(h->value))
			return h->name;
		for (i = 0; i < sizeof names / sizeof names[0]; i++)
			if (strcasecmp(h->name, names[i]) == 0)
				return h->name;
	}
	return NULL;
}

/* Automatic mail (RFC 3834) is not bulk mail that somebody subscribed to. */
static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct session *s = ctx->session;
	const char *field = bulk_field(s);
	struct finding *f;

	if (field == NULL || s->sender.null ||
	    session_find_header(s, "List-Unsubscribe") != NULL ||
	    session_find_header(s, "Auto-Submitted") != NULL)
		return;
	f = check_found(ctx, found, REASON_SPAM_CONTENT);
	finding_say(f, EVIDENCE_HEADER, field);
	finding_say(f, EVIDENCE_MISSING, "List-Unsubscribe");
	finding_say(f, EVIDENCE_DETAIL,
	    "bulk mail without a List-Unsubscribe field");
}

static const int reasons[] = { REASON_SPAM_CONTENT, REASON_NONE };

const struct check check_content_bulk_headers = {
	.name = "content_bulk_headers",
	.section = "content",
	.stages = STAGE_BIT(STAGE_HEADERS),
	.issued_at = STAGE_RCPT,
	.needs = CHECK_NEEDS_HEADERS,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.active = active,
	.run = run
};
