/* postfix_delivery - what became of mail that Postfix had accepted */

#include <string.h>

#include "maillog/memory.h"
#include "maillog/postfix_line.h"
#include "words/reason.h"

static void
recall(struct maillog *g, struct log_event *h)
{
	const struct log_memory_entry *m = log_memory_find(maillog_memory(g),
	    h->queue_id);

	if (m == NULL)
		return;
	h->sender = slice_of(m->sender);
	h->login = slice_of(m->login);
	if (!h->outgoing) {
		h->client = slice_of(m->client);
		h->name = slice_of(m->name);
	}
}

/* "host mx[ip] said: 550 … (in reply to RCPT TO command)" */
static void
take_remote(struct log_event *h, struct slice errmsg)
{
	struct slice reply = slice_between(errmsg, " said: ", NULL), command;
	struct slice refused = slice_between(errmsg,
	    "refused to talk to me: ", NULL);
	const char *end;

	h->reply = errmsg;
	if (slice_begins(errmsg, "connect to "))
		h->reason = REASON_HOST_UNREACHABLE;
	if (reply.text == NULL && refused.text == NULL)
		return;
	h->by = h->outgoing ? ISSUED_BY_REMOTE : ISSUED_BY_MTA;
	h->reply = reply.text != NULL ? reply : refused;
	h->stage = reply.text != NULL ? STAGE_RCPT : STAGE_CONNECT;
	end = slice_find_last(h->reply, " (in reply to ");
	if (end == NULL)
		return;
	command = slice_from(h->reply, end);
	slice_skip(&command, " (in reply to ");
	h->stage = postfix_stage(command);
	h->reply = slice_to(h->reply, end);
}

/* The line before said why no server was asked; by the recipient's domain. */
static void
take_offence(struct maillog *g, struct log_event *h)
{
	struct log_memory_entry *m;
	const char *at;

	if (!h->outgoing || !slice_begins(h->reply, "server unavailable or ") ||
	    (at = slice_find_last(h->recipient, "@")) == NULL)
		return;
	m = log_memory_find(maillog_memory(g), slice_from(h->recipient,
	    at + 1));
	if (m != NULL && m->offence != 0)
		h->reason = m->offence;
	log_memory_forget(m);
}

/* Behind "to=<": "b>, …, relay=mx[ip]:25, …, status=bounced (words)" */
static void
read_delivery(struct maillog *g, struct log_event *h, struct slice s)
{
	static const char *const states[] = { "bounced", "deferred",
		"expired", "sent" };
	const char *open;
	struct slice state, words, original;
	size_t i;

	s = slice_address(s, '>', &h->recipient);
	if (slice_skip(&s, ", orig_to=<"))
		s = slice_address(s, '>', &original);
	state = slice_between(s, ", status=", NULL);
	open = slice_find(state, " (");
	if (open == NULL || SLICE_END(s)[-1] != ')')
		return;
	words = slice_to(slice_from(state, open), SLICE_END(s) - 1);
	slice_skip(&words, " (");
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
	h->relay = slice_between(s, "relay=", ",");
	h->status = slice_between(s, "dsn=", ",");
	recall(g, h);
	take_remote(h, words);
	take_offence(g, h);
	maillog_emit(g, h);
}

/* "warning: MX name 'mx.a' does not match STS MX pattern for 'a'": 3.11 */
static void
read_policy(struct maillog *g, struct slice message)
{
	struct slice domain = slice_between(message,
	    "does not match STS MX pattern for '", "'");

	if (slice_begins(message, "warning: MX name '") && domain.n > 0)
		log_memory_at(maillog_memory(g), domain)->offence =
		    REASON_MTA_STS_FAILED;
}

void
postfix_agent(struct maillog *g, const struct logline *l, bool outgoing)
{
	struct log_event h = { .line = l, .software = "Postfix",
		.reason = REASON_NONE, .outgoing = outgoing };
	struct slice message = l->message;

	h.queue_id = postfix_queue_id(&message);
	if (h.queue_id.text != NULL && slice_skip(&message, "to=<"))
		read_delivery(g, &h, message);
	else if (outgoing)
		read_policy(g, message);
}

void
postfix_queue(struct maillog *g, const struct logline *l)
{
	struct log_event h = { .line = l, .software = "Postfix",
		.delivery = true, .outgoing = true, .stage = STAGE_MESSAGE,
		.reason = REASON_MESSAGE_EXPIRED };
	struct slice message = l->message, sender;
	struct log_memory_entry *m;

	h.queue_id = postfix_queue_id(&message);
	if (h.queue_id.text == NULL)
		return;
	if (slice_begins(message, "removed")) {
		log_memory_forget(log_memory_find(maillog_memory(g),
		    h.queue_id));
		return;
	}
	if (!slice_skip(&message, "from=<"))
		return;
	m = log_memory_at(maillog_memory(g), h.queue_id);
	message = slice_address(message, '>', &sender);
	log_memory_set(&m->sender, sender);
	h.sender = slice_of(m->sender);
	h.reply = slice_between(message, "status=", NULL);
	if (slice_begins(h.reply, "expired"))
		maillog_emit(g, &h);
}

/* "4Z1: sender notification failed to <a@x>: words" */
void
postfix_bounce(struct maillog *g, const struct logline *l)
{
	static const char failed[] = "sender notification failed";
	struct log_event h = { .line = l, .software = "Postfix",
		.delivery = true, .stage = STAGE_MESSAGE, .own_words = true,
		.fate = FATE_DISCARDED, .reason = REASON_NONE };
	struct slice message = l->message;

	h.queue_id = postfix_queue_id(&message);
	if (h.queue_id.text == NULL || !slice_begins(message, failed))
		return;
	h.reply = message;
	recall(g, &h);
	maillog_emit(g, &h);
}
