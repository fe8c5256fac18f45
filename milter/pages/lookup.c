/* lookup - what a text from the page's box means */

#include "pages/lookup.h"

#include <string.h>

#include "maillog/bounce.h"
#include "maillog/quote.h"
#include "words/recognise.h"

/* The first reply that says something counts. */
static void
take_reply(const char *text, size_t n, int *reason)
{
	struct recognised r;

	if (*reason != REASON_NONE)
		return;
	recognise(text, n, &r);
	if (r.confidence >= RECOGNISED_LIKELY)
		*reason = r.reason;
}

static void
take_bounce(void *arg, const struct bounce_reply *reply)
{
	take_reply(reply->reply, strlen(reply->reply), arg);
}

int
lookup_reason(const char *text, size_t n)
{
	int reason = REASON_NONE;
	struct quote q;

	if (bounce_is_message(text, n))
		bounce_read(text, n, take_bounce, &reason, NULL);
	if (reason != REASON_NONE)
		return reason;
	quote_find(text, n, &q);
	take_reply(q.reply, q.n, &reason);
	if (reason == REASON_NONE && q.n < n)
		take_reply(text, n, &reason);
	return reason;
}
