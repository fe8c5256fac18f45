/* lookup - what a text from the page's box means */

#include "pages/lookup.h"

#include <string.h>

#include "maillog/bounce.h"
#include "maillog/quote.h"
#include "words/reason.h"
#include "words/recognise.h"

/* The first reply that says something counts. */
static void
take_reply(const char *text, size_t n, struct recognised *r)
{
	if (r->reason != REASON_NONE)
		return;
	recognise(text, n, r);
	if (r->confidence < RECOGNISED_LIKELY)
		r->reason = REASON_NONE;
}

static void
take_bounce(void *arg, const struct bounce_reply *reply)
{
	take_reply(reply->reply, strlen(reply->reply), arg);
}

bool
lookup_reply(const char *text, size_t n, struct recognised *r)
{
	struct quote q;

	r->reason = REASON_NONE;
	if (bounce_is_message(text, n))
		bounce_read(text, n, take_bounce, r, NULL);
	if (r->reason != REASON_NONE)
		return true;
	quote_find(text, n, &q);
	take_reply(q.reply, q.n, r);
	if (r->reason == REASON_NONE && q.n < n)
		take_reply(text, n, r);
	return r->reason != REASON_NONE;
}
