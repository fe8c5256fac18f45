/* postfix_delivery - what became of mail that Postfix had accepted */

#include <string.h>

#include "maillog/memory.h"
#include "maillog/postfix_line.h"
#include "words/reason.h"

static void
recall(struct hearing *g, struct heard *h)
{
	const struct memory *m = remembered_find(hearing_memory(g),
	    h->queue_id);

	if (m == NULL)
		return;
	h->sender = slice_of(m->sender);
	if (!h->outgoing) {
		h->client = slice_of(m->client);
		h->name = slice_of(m->name);
	}
}

/* "host mx[ip] said: 550 … (in reply to RCPT TO command)" */
static void
take_remote(struct heard *h, struct slice why)
{
	const char *said = slice_find(why, " said: "), *end;
	const char *refused = slice_find(why, "refused to talk to me: ");

	h->reply = why;
	if (slice_begins(why, "connect to "))
		h->reason = REASON_HOST_UNREACHABLE;
	if (said == NULL && refused == NULL)
		return;
	h->by = h->outgoing ? HEARD_REMOTE : HEARD_MTA;
	why = said != NULL ? slice_from(why, said + 7) :
	    slice_from(why, refused + 23);
	h->stage = said != NULL ? STAGE_RCPT : STAGE_CONNECT;
	end = slice_find_last(why, " (in reply to ");
	if (end != NULL)
		h->stage = postfix_stage(slice_from(why, end + 14));
	h->reply = end != NULL ? slice_to(why, end) : why;
}

/* "to=<b>, …, relay=mx[ip]:25, …, dsn=5.1.1, status=bounced (words)" */
static void
hear_delivery(struct hearing *g, struct heard *h, struct slice s)
{
	static const char *const states[] = { "bounced", "deferred",
		"expired", "sent" };
	const char *at = slice_find(s, ", status="), *open;
	struct slice state;
	size_t i;

	if (at == NULL)
		return;
	state = slice_from(s, at + 9);
	open = slice_find(state, " (");
	if (open == NULL || SLICE_END(s)[-1] != ')')
		return;
	for (i = 0; i < sizeof states / sizeof states[0]; i++)
		if (slice_is(slice_to(state, open), states[i]))
			break;
	h->accepted = i == 3;
	if (i == sizeof states / sizeof states[0] ||
	    (h->accepted && h->outgoing))
		return;
	h->delivery = true;
	h->temporary = i == 1;
	h->stage = STAGE_MESSAGE;
	h->recipient = slice_between(s, "to=<", ">");
	h->relay = slice_between(s, "relay=", ",");
	h->status = slice_between(s, "dsn=", ",");
	recall(g, h);
	take_remote(h, slice_to(slice_from(state, open + 2),
	    SLICE_END(s) - 1));
	hearing_tell(g, h);
}

void
postfix_agent(struct hearing *g, const struct logline *l, bool outgoing)
{
	struct heard h = { .line = l, .software = "Postfix",
		.reason = REASON_NONE, .outgoing = outgoing };
	struct slice message = l->message;

	h.queue_id = postfix_queue_id(&message);
	if (h.queue_id.text != NULL && slice_begins(message, "to=<"))
		hear_delivery(g, &h, message);
}

void
postfix_queue(struct hearing *g, const struct logline *l)
{
	struct heard h = { .line = l, .software = "Postfix",
		.delivery = true, .outgoing = true, .stage = STAGE_MESSAGE,
		.reason = REASON_MESSAGE_EXPIRED };
	struct slice message = l->message;
	struct memory *m;

	h.queue_id = postfix_queue_id(&message);
	if (h.queue_id.text == NULL)
		return;
	if (slice_begins(message, "removed")) {
		remembered_forget(remembered_find(hearing_memory(g),
		    h.queue_id));
		return;
	}
	if (!slice_begins(message, "from=<"))
		return;
	m = remembered_at(hearing_memory(g), h.queue_id);
	remembered_set(&m->sender, slice_between(message, "from=<", ">"));
	h.sender = slice_of(m->sender);
	h.reply = slice_between(message, "status=", NULL);
	if (slice_begins(h.reply, "expired"))
		hearing_tell(g, &h);
}
