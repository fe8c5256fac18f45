/* maillog_sendmail - refusals in the log of Sendmail */

#include <ctype.h>
#include <string.h>

#include "maillog/maillog.h"
#include "maillog/memory.h"
#include "words/reason.h"

static const struct slice none;

/* "4AOIWF1x000123: rest"; outside a message Sendmail writes "NOQUEUE". */
static struct slice
take_queue_id(struct slice *message)
{
	const char *p = message->text, *end = SLICE_END(*message);
	struct slice id;

	while (p < end && isalnum((unsigned char)*p))
		p++;
	if (end - p < 2 || p[0] != ':' || p[1] != ' ' ||
	    (p - message->text < 12 &&
	    !slice_begins(*message, "NOQUEUE: ")))
		return none;
	id = slice_to(*message, p);
	*message = slice_from(*message, p + 2);
	return id;
}

/* "relay=name [192.0.2.1]", "relay=[192.0.2.1] (may be forged)" */
static void
take_relay(struct slice s, struct slice *name, struct slice *address)
{
	struct slice relay = slice_between(s, "relay=", ", ");
	const char *open;

	if (relay.text == NULL)
		relay = slice_between(s, "relay=", NULL);
	*address = slice_between(relay, "[", "]");
	open = slice_find(relay, " [");
	*name = open != NULL ? slice_to(relay, open) : none;
	if (slice_begins(*address, "IPv6:"))
		*address = slice_from(*address, address->text + 5);
}

static void
set_temporary(struct log_event *h)
{
	const struct slice *s = h->status.n > 0 ? &h->status : &h->reply;

	h->temporary = s->n > 0 && *s->text == '4';
}

/* "ruleset=check_rcpt, arg1=<b@x>, relay=…, reject=550 5.7.1 …" */
static void
hear_ruleset(struct maillog *g, struct log_event *h, struct slice s)
{
	static const struct {
		const char *ruleset;
		enum stage stage;
		int otherwise;
	} stages[] = {
		{ "ruleset=check_relay", STAGE_CONNECT,
		    REASON_POLICY_REJECT },
		{ "ruleset=check_mail", STAGE_MAIL, REASON_POLICY_REJECT },
		{ "ruleset=check_rcpt", STAGE_RCPT, REASON_POLICY_REJECT },
		{ "ruleset=check_data", STAGE_DATA, REASON_POLICY_REJECT },
		{ "ruleset=check_eom", STAGE_MESSAGE, REASON_POLICY_REJECT },
		{ "ruleset=tls_", STAGE_HELO, REASON_TLS_REQUIRED },
		/* Of the admin's own, called for a header field. */
		{ "ruleset=", STAGE_HEADERS, REASON_HEADER_PATTERN },
	};
	const char *reject = slice_find(s, ", reject=");
	struct log_memory_entry *m = log_memory_find(maillog_memory(g),
	    h->queue_id);
	size_t i = 0;

	if (reject == NULL)
		return;
	while (i < sizeof stages / sizeof stages[0] - 1 &&
	    !slice_begins(s, stages[i].ruleset))
		i++;
	h->stage = stages[i].stage;
	h->otherwise = stages[i].otherwise;
	h->reply = slice_from(s, reject + strlen(", reject="));
	s = slice_to(s, reject);
	take_relay(s, &h->name, &h->client);
	if (m != NULL)
		h->sender = slice_of(m->sender);
	if (h->stage == STAGE_RCPT)
		h->recipient = slice_between(s, "arg1=<", ">");
	else if (h->stage == STAGE_MAIL)
		h->sender = slice_between(s, "arg1=<", ">");
	/* The same words for a client, a sender and a recipient. */
	if (h->stage == STAGE_MAIL && slice_find(h->reply, "ccess denied"))
		h->reason = REASON_SENDER_DENIED;
	set_temporary(h);
	maillog_emit(g, h);
}

/* "Milter: to=<b>, reject=550 5.7.1 …", "Milter: data, reject=…" */
static void
hear_milter(struct maillog *g, struct log_event *h, struct slice s)
{
	struct slice reply = slice_between(s, "reject=", NULL);

	if (reply.text == NULL)
		return;
	h->by = ISSUED_BY_MILTER;
	h->reply = reply;
	h->recipient = slice_between(s, "to=<", ">");
	h->sender = slice_between(s, "from=<", ">");
	h->stage = h->recipient.text != NULL ? STAGE_RCPT :
	    h->sender.text != NULL ? STAGE_MAIL : STAGE_MESSAGE;
	set_temporary(h);
	maillog_emit(g, h);
}

/* With the address, as the client saw it; it helps to understand them. */
static struct slice
words_of(const struct logline *l)
{
	struct slice s = l->message;

	take_queue_id(&s);
	return s;
}

/* "<nobody@example.org>... User unknown": the client hears it later. */
static void
hear_unknown_user(struct maillog *g, const struct logline *l,
    struct slice id)
{
	struct log_memory_entry *m = log_memory_at(maillog_memory(g), id);
	struct slice whole = { l->stamp.text,
	    (size_t)(SLICE_END(l->message) - l->stamp.text) };
	struct slice before;

	if (m == NULL)
		return;
	before = slice_of(m->waits);
	if (before.n > 0) {
		struct logline earlier;
		struct log_event h = { .line = &earlier, .software = "Sendmail",
			.stage = STAGE_RCPT, .reason = REASON_NONE,
			.queue_id = id };

		if (logline_read(before.text, before.n, &earlier)) {
			h.recipient = slice_between(earlier.message, "<",
			    ">... ");
			h.reply = words_of(&earlier);
			maillog_emit(g, &h);
		}
	}
	log_memory_set(&m->waits, whole);
}

/* "from=<a>, …, relay=name [ip]" comes when the envelope is over. */
static void
hear_from(struct maillog *g, struct slice id, struct slice s)
{
	struct log_memory_entry *m = log_memory_at(maillog_memory(g), id);
	struct slice name, client;
	struct logline earlier;

	if (m == NULL)
		return;
	take_relay(s, &name, &client);
	log_memory_set(&m->sender, slice_between(s, "from=<", ">"));
	log_memory_set(&m->client, client);
	log_memory_set(&m->name, name);
	if (m->waits != NULL &&
	    logline_read(m->waits, strlen(m->waits), &earlier)) {
		struct log_event h = { .line = &earlier, .software = "Sendmail",
			.stage = STAGE_RCPT, .reason = REASON_NONE,
			.queue_id = id, .client = client, .name = name,
			.sender = slice_of(m->sender),
			.recipient = slice_between(earlier.message, "<",
			    ">... "),
			.reply = words_of(&earlier) };

		maillog_emit(g, &h);
	}
	log_memory_set(&m->waits, slice_of(""));
	maillog_emit(g, &(struct log_event){ .line = NULL, .queue_id = id,
	    .sender = slice_of(m->sender) });
}

static bool
is_outgoing(struct slice mailer)
{
	return slice_is(mailer, "esmtp") || slice_is(mailer, "smtp") ||
	    slice_is(mailer, "relay") || slice_is(mailer, "dsmtp") ||
	    slice_is(mailer, "smtp8");
}

/* "to=<b>, …, mailer=esmtp, …, relay=mx. [ip], dsn=5.1.1, stat=…" */
static void
hear_delivery(struct maillog *g, struct log_event *h, struct slice s)
{
	const char *stat = slice_find(s, ", stat=");
	const struct log_memory_entry *m = log_memory_find(maillog_memory(g),
	    h->queue_id);
	struct slice reply;

	h->status = slice_between(s, "dsn=", ",");
	if (stat == NULL || h->status.n == 0)
		return;
	h->accepted = *h->status.text == '2';
	reply = slice_between(s, ", reply=", ", stat=");
	h->delivery = true;
	h->stage = STAGE_MESSAGE;
	h->outgoing = is_outgoing(slice_between(s, "mailer=", ","));
	if (h->accepted && h->outgoing)
		return;
	h->reply = slice_from(s, stat + strlen(", stat="));
	if (reply.n > 4 && (*reply.text == '4' || *reply.text == '5'))
		h->reply = reply;
	s = slice_to(s, stat);
	h->relay = slice_between(s, "relay=", ", ");
	h->recipient = slice_between(s, "to=<", ">");
	if (m != NULL)
		h->sender = slice_of(m->sender);
	if (m != NULL && !h->outgoing) {
		h->client = slice_of(m->client);
		h->name = slice_of(m->name);
	}
	if (h->outgoing && h->relay.n > 0 && !slice_begins(h->reply,
	    "Deferred: Connection") && !slice_begins(h->reply,
	    "Deferred: Name server"))
		h->by = ISSUED_BY_REMOTE;
	set_temporary(h);
	maillog_emit(g, h);
}

/* Words without a ruleset behind them. */
static void
hear_words(struct maillog *g, struct log_event *h, struct slice s)
{
	if (slice_begins(s, "rejecting commands from ") &&
	    slice_find(s, "pre-greeting traffic") != NULL) {
		h->reason = REASON_EARLY_TALKER;
		h->stage = STAGE_CONNECT;
		h->client = slice_between(s, "[", "]");
	} else if (slice_begins(s, "AUTH failure (")) {
		h->reason = REASON_AUTH_FAILED;
		h->stage = STAGE_HELO;
		take_relay(s, &h->name, &h->client);
	} else
		return;
	h->reply = s;
	h->own_words = true;
	maillog_emit(g, h);
}

bool
maillog_sendmail(struct maillog *g, const struct logline *l)
{
	struct log_event h = { .line = l, .software = "Sendmail",
		.reason = REASON_NONE };
	struct slice s = l->message, id = take_queue_id(&s);

	/* Before a message begins there is a line or two without an id. */
	if (id.text == NULL && !slice_begins(s, "ruleset="))
		return false;
	h.queue_id = slice_begins(id, "NOQUEUE") ? none : id;
	if (slice_begins(s, "ruleset="))
		hear_ruleset(g, &h, s);
	else if (slice_begins(s, "Milter: ") || slice_begins(s, "milter="))
		hear_milter(g, &h, s);
	else if (slice_begins(s, "from="))
		hear_from(g, h.queue_id, s);
	else if (slice_begins(s, "to="))
		hear_delivery(g, &h, s);
	else if (slice_begins(s, "<") && slice_find(s, ">... ") != NULL)
		hear_unknown_user(g, l, h.queue_id);
	else
		hear_words(g, &h, s);
	return true;
}
