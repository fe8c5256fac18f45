/* heard_postfix - refusals in the log of Postfix */

#include <ctype.h>
#include <string.h>

#include "overheard/heard.h"
#include "overheard/remembered.h"
#include "words/reason.h"

static const struct slice none;

/*
 * "4XyZ1234: rest", "NOQUEUE: rest": the id, none when there is none. No id
 * has a small vowel in it, and "warning:" has.
 */
static struct slice
take_queue_id(struct slice *message)
{
	const char *p = message->text, *end = SLICE_END(*message);
	struct slice id;

	while (p < end && isalnum((unsigned char)*p) &&
	    strchr("aeiou", *p) == NULL)
		p++;
	if (end - p < 2 || p[0] != ':' || p[1] != ' ' ||
	    p - message->text < 5)
		return none;
	id = slice_to(*message, p);
	*message = slice_from(*message, p + 2);
	return id;
}

/*
 * "name[192.0.2.1]", "name[192.0.2.1]:4711", "[192.0.2.1]:4711" at the front;
 * what is behind it, none when it is no client.
 */
static struct slice
take_client(struct slice s, struct heard *h)
{
	const char *open = slice_find(s, "["), *close;

	if (open == NULL)
		return none;
	close = slice_find(slice_from(s, open), "]");
	if (close == NULL)
		return none;
	h->name = slice_to(s, open);
	h->client = slice_to(slice_from(s, open + 1), close);
	s = slice_from(s, close + 1);
	if (s.n > 1 && *s.text == ':' && isdigit((unsigned char)s.text[1]))
		do
			s = slice_from(s, s.text + 1);
		while (s.n > 0 && isdigit((unsigned char)*s.text));
	return s;
}

static enum stage
stage_of(struct slice s)
{
	static const struct {
		const char *word;
		enum stage stage;
	} words[] = {
		{ "CONNECT", STAGE_CONNECT }, { "EHLO", STAGE_HELO },
		{ "HELO", STAGE_HELO }, { "AUTH", STAGE_HELO },
		{ "MAIL", STAGE_MAIL }, { "RCPT", STAGE_RCPT },
		{ "DATA", STAGE_DATA }, { "END-OF-MESSAGE", STAGE_MESSAGE },
		{ "end of DATA", STAGE_MESSAGE },
		{ "initial server greeting", STAGE_CONNECT },
	};
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (slice_begins(s, words[i].word))
			return words[i].stage;
	return STAGE_RCPT;
}

/* "from=<a> to=<b> proto=ESMTP helo=<h>", commas or not; none is needed. */
static void
take_envelope(struct slice s, struct heard *h)
{
	const char *helo = slice_find_last(s, "helo=<");

	if (helo != NULL) {
		h->helo = slice_between(slice_from(s, helo), "<", ">");
		s = slice_to(s, helo);
	}
	if (slice_find(s, "sasl_username=") != NULL)
		h->login = slice_between(s, "sasl_username=", " ");
	h->recipient = slice_between(s, " to=<", ">");
	if (h->recipient.text == NULL)
		h->recipient = slice_between(s, "; to=<", ">");
	h->sender = slice_between(s, "from=<", ">");
}

/* Where the reply ends and the envelope begins. */
static const char *
envelope_of(struct slice s)
{
	static const char *const signs[] = { "; from=<", "; to=<",
		"; proto=", "; helo=<" };
	const char *at;
	size_t i;

	for (i = 0; i < sizeof signs / sizeof signs[0]; i++)
		if ((at = slice_find(s, signs[i])) != NULL)
			return at;
	return SLICE_END(s);
}

static void
set_temporary(struct heard *h)
{
	const struct slice *s = h->status.n > 0 ? &h->status : &h->reply;

	h->temporary = s->n > 0 && *s->text == '4';
}

/* "RCPT from name[ip]: 554 5.7.1 …; from=<…> …" */
static void
hear_reject(struct hearing *g, struct heard *h, struct slice s)
{
	const char *from = slice_find(s, " from "), *end;
	struct memory *m;

	if (from == NULL)
		return;
	h->stage = stage_of(s);
	s = take_client(slice_from(s, from + 6), h);
	if (!slice_begins(s, ": "))
		return;
	s = slice_from(s, s.text + 2);
	end = envelope_of(s);
	h->reply = slice_to(s, end);
	take_envelope(slice_from(s, end), h);
	set_temporary(h);
	m = remembered_find(hearing_memory(g), h->client);
	if (m != NULL && slice_find(h->reply, "rotocol error") != NULL)
		h->reason = m->offence;
	hearing_tell(g, h);
}

/* "header Subject: x from name[ip]; from=<a> … helo=<h>: 5.7.1 text" */
static void
hear_content(struct hearing *g, struct heard *h, struct slice s)
{
	const char *helo = slice_find_last(s, "helo=<"), *from, *end;
	struct slice rest;

	if (helo == NULL)
		return;
	rest = slice_between(slice_from(s, helo), ">: ", NULL);
	if (rest.text == NULL)
		return;
	h->otherwise = slice_begins(s, "body") ? REASON_BODY_PATTERN :
	    REASON_HEADER_PATTERN;
	h->stage = slice_begins(s, "body") ? STAGE_MESSAGE : STAGE_HEADERS;
	h->reply = rest;
	s = slice_to(s, rest.text - 2);
	end = slice_find_last(s, "; from=<");
	from = end != NULL ? slice_find_last(slice_to(s, end), " from ") :
	    NULL;
	if (from == NULL)
		return;
	take_client(slice_from(s, from + 6), h);
	take_envelope(slice_from(s, end), h);
	set_temporary(h);
	hearing_tell(g, h);
}

/* "mime-error words: what from name[ip]; from=<a> to=<b>" */
static void
hear_mime_error(struct hearing *g, struct heard *h, struct slice s)
{
	const char *end = slice_find_last(s, "; from=<"), *from, *colon;

	from = end != NULL ? slice_find_last(slice_to(s, end), " from ") :
	    NULL;
	colon = slice_find(s, ": ");
	if (from == NULL || colon == NULL)
		return;
	h->otherwise = REASON_MESSAGE_MALFORMED;
	h->stage = STAGE_MESSAGE;
	h->reply = slice_to(slice_from(s, s.text + strlen("mime-error ")),
	    colon);
	take_client(slice_from(s, from + 6), h);
	take_envelope(slice_from(s, end), h);
	hearing_tell(g, h);
}

static void
hear_refusal(struct hearing *g, struct heard *h, struct slice message)
{
	struct slice s = slice_between(message, "milter-reject: ", NULL);

	if (slice_begins(message, "milter-reject: ")) {
		h->by = HEARD_MILTER;
		hear_reject(g, h, s);
		return;
	}
	if (!slice_begins(message, "reject: "))
		return;
	s = slice_from(message, message.text + strlen("reject: "));
	if (slice_begins(s, "mime-error "))
		hear_mime_error(g, h, s);
	else if (slice_begins(s, "header ") || slice_begins(s, "body ") ||
	    slice_begins(s, "mime-header "))
		hear_content(g, h, s);
	else
		hear_reject(g, h, s);
}

/* "Connection rate limit exceeded: 31 from name[ip] for service smtp" */
static void
hear_limit(struct hearing *g, struct heard *h, struct slice s)
{
	const char *from = slice_find(s, " from ");

	if (from == NULL || take_client(slice_from(s, from + 6), h).text ==
	    NULL)
		return;
	h->reason = slice_begins(s, "Connection concurrency") ?
	    REASON_TOO_MANY_CONNECTIONS : REASON_RATE_LIMITED;
	h->temporary = true;
	h->stage = slice_begins(s, "Message delivery") ? STAGE_MAIL :
	    slice_begins(s, "Recipient address") ? STAGE_RCPT : STAGE_CONNECT;
	h->reply = s;
	hearing_tell(g, h);
}

/* "name[ip]: SASL LOGIN authentication failed: why, sasl_username=x" */
static void
hear_login(struct hearing *g, struct heard *h, struct slice s)
{
	s = take_client(s, h);
	if (!slice_begins(s, ": SASL "))
		return;
	h->reply = slice_from(s, s.text + 2);
	h->reason = REASON_AUTH_FAILED;
	h->temporary = slice_find(s, "temporary") != NULL ||
	    slice_find(s, "Temporary") != NULL;
	h->stage = STAGE_HELO;
	h->login = slice_between(s, "sasl_username=", NULL);
	hearing_tell(g, h);
}

/* What smtpd warns of is a refusal, too, though no "reject:" says so. */
static void
hear_warning(struct hearing *g, struct heard *h, struct slice message)
{
	static const char tls[] = "SSL_accept error from ";
	struct slice s = slice_between(message, "warning: ", NULL);

	if (slice_begins(message, tls)) {
		h->reply = message;
		h->reason = REASON_TLS_FAILED;
		h->temporary = true;
		if (take_client(slice_from(message, message.text +
		    strlen(tls)), h).text != NULL)
			hearing_tell(g, h);
	} else if (!slice_begins(message, "warning: "))
		return;
	else if (slice_find(s, " limit exceeded: ") != NULL)
		hear_limit(g, h, s);
	else if (slice_find(s, "]: SASL ") != NULL)
		hear_login(g, h, s);
}

static void
hear_postscreen(struct hearing *g, struct slice message)
{
	static const struct {
		const char *begin;
		int reason;
	} offences[] = {
		{ "PREGREET ", REASON_EARLY_TALKER },
		{ "COMMAND PIPELINING ", REASON_UNAUTH_PIPELINING },
		{ "NON-SMTP COMMAND ", REASON_COMMAND_UNKNOWN },
		{ "BARE NEWLINE ", REASON_BARE_NEWLINE },
	};
	struct heard who = { .line = NULL };
	const char *from = slice_find(message, "from [");
	struct memory *m;
	size_t i;

	for (i = 0; i < sizeof offences / sizeof offences[0]; i++)
		if (slice_begins(message, offences[i].begin))
			break;
	if (from == NULL || i == sizeof offences / sizeof offences[0])
		return;
	take_client(slice_from(message, from + 5), &who);
	m = remembered_at(hearing_memory(g), who.client);
	if (m != NULL)
		m->offence = offences[i].reason;
}

static void
hear_smtpd(struct hearing *g, const struct logline *l, bool postscreen)
{
	struct heard h = { .line = l, .software = "Postfix",
		.reason = REASON_NONE };
	struct slice message = l->message;
	struct heard who = { .line = NULL };
	struct memory *m;

	if (postscreen)
		hear_postscreen(g, message);
	h.queue_id = take_queue_id(&message);
	if (h.queue_id.text == NULL) {
		hear_warning(g, &h, message);
		return;
	}
	if (slice_is(h.queue_id, "NOQUEUE"))
		h.queue_id = none;
	else if (slice_begins(message, "client=")) {
		take_client(slice_from(message, message.text + 7), &who);
		m = remembered_at(hearing_memory(g), h.queue_id);
		remembered_set(&m->client, who.client);
		remembered_set(&m->name, who.name);
		return;
	}
	hear_refusal(g, &h, message);
}

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
		h->stage = stage_of(slice_from(why, end + 14));
	h->reply = end != NULL ? slice_to(why, end) : why;
}

/* "to=<b>, …, relay=mx[ip]:25, …, dsn=5.1.1, status=bounced (words)" */
static void
hear_delivery(struct hearing *g, struct heard *h, struct slice s)
{
	static const char *const states[] = { "bounced", "deferred",
		"expired" };
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
	if (i == sizeof states / sizeof states[0])
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

static void
hear_agent(struct hearing *g, const struct logline *l, bool outgoing)
{
	struct heard h = { .line = l, .software = "Postfix",
		.reason = REASON_NONE, .outgoing = outgoing };
	struct slice message = l->message;

	h.queue_id = take_queue_id(&message);
	if (h.queue_id.text != NULL && slice_begins(message, "to=<"))
		hear_delivery(g, &h, message);
}

static void
hear_queue(struct hearing *g, const struct logline *l)
{
	struct heard h = { .line = l, .software = "Postfix",
		.delivery = true, .outgoing = true, .stage = STAGE_MESSAGE,
		.reason = REASON_MESSAGE_EXPIRED };
	struct slice message = l->message;
	struct memory *m;

	h.queue_id = take_queue_id(&message);
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

void
heard_postfix(struct hearing *g, const struct logline *l,
    struct slice program)
{
	if (slice_is(program, "smtpd") || slice_is(program, "postscreen") ||
	    slice_is(program, "cleanup"))
		hear_smtpd(g, l, slice_is(program, "postscreen"));
	else if (slice_is(program, "qmgr"))
		hear_queue(g, l);
	else if (slice_is(program, "smtp"))
		hear_agent(g, l, true);
	else if (slice_is(program, "lmtp") || slice_is(program, "local") ||
	    slice_is(program, "virtual") || slice_is(program, "pipe") ||
	    slice_is(program, "error"))
		hear_agent(g, l, false);
}
