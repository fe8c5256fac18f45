/* maillog_postfix - refusals in the log of Postfix */

#include <string.h>

#include "maillog/maillog.h"
#include "maillog/memory.h"
#include "maillog/postfix_line.h"
#include "words/reason.h"

static const struct slice none;

/* "from=<a> to=<b> proto=ESMTP helo=<h>", commas or not; none is needed. */
static void
take_envelope(struct slice s, struct log_event *h)
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
set_temporary(struct log_event *h)
{
	const struct slice *s = h->status.n > 0 ? &h->status : &h->reply;

	h->temporary = s->n > 0 && *s->text == '4';
}

/* "RCPT from name[ip]: 554 5.7.1 …; from=<…> …" */
static void
hear_reject(struct maillog *g, struct log_event *h, struct slice s)
{
	const char *from = slice_find(s, " from "), *end;
	struct log_memory_entry *m;

	if (from == NULL)
		return;
	h->stage = postfix_stage(s);
	s = postfix_client(slice_from(s, from + 6), h);
	if (!slice_begins(s, ": "))
		return;
	s = slice_from(s, s.text + 2);
	end = envelope_of(s);
	h->reply = slice_to(s, end);
	take_envelope(slice_from(s, end), h);
	set_temporary(h);
	m = log_memory_find(maillog_memory(g), h->client);
	if (m != NULL && slice_find(h->reply, "rotocol error") != NULL)
		h->reason = m->offence;
	maillog_emit(g, h);
}

/* "header Subject: x from name[ip]; from=<a> … helo=<h>: 5.7.1 text" */
static void
hear_content(struct maillog *g, struct log_event *h, struct slice s)
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
	postfix_client(slice_from(s, from + 6), h);
	take_envelope(slice_from(s, end), h);
	set_temporary(h);
	maillog_emit(g, h);
}

/* "mime-error words: what from name[ip]; from=<a> to=<b>" */
static void
hear_mime_error(struct maillog *g, struct log_event *h, struct slice s)
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
	postfix_client(slice_from(s, from + 6), h);
	take_envelope(slice_from(s, end), h);
	maillog_emit(g, h);
}

static void
hear_refusal(struct maillog *g, struct log_event *h, struct slice message)
{
	struct slice s = slice_between(message, "milter-reject: ", NULL);

	if (slice_begins(message, "milter-reject: ")) {
		h->by = ISSUED_BY_MILTER;
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
hear_limit(struct maillog *g, struct log_event *h, struct slice s)
{
	const char *from = slice_find(s, " from ");

	if (from == NULL || postfix_client(slice_from(s, from + 6), h).text ==
	    NULL)
		return;
	h->reason = slice_begins(s, "Connection concurrency") ?
	    REASON_TOO_MANY_CONNECTIONS : REASON_RATE_LIMITED;
	h->temporary = true;
	h->stage = slice_begins(s, "Message delivery") ? STAGE_MAIL :
	    slice_begins(s, "Recipient address") ? STAGE_RCPT : STAGE_CONNECT;
	h->reply = s;
	maillog_emit(g, h);
}

/* "name[ip]: SASL LOGIN authentication failed: why, sasl_username=x" */
static void
hear_login(struct maillog *g, struct log_event *h, struct slice s)
{
	s = postfix_client(s, h);
	if (!slice_begins(s, ": SASL "))
		return;
	h->reply = slice_from(s, s.text + 2);
	h->reason = REASON_AUTH_FAILED;
	h->temporary = slice_find(s, "temporary") != NULL ||
	    slice_find(s, "Temporary") != NULL;
	h->stage = STAGE_HELO;
	h->login = slice_between(s, "sasl_username=", NULL);
	maillog_emit(g, h);
}

/* What smtpd warns of is a refusal, too, though no "reject:" says so. */
static void
hear_warning(struct maillog *g, struct log_event *h, struct slice message)
{
	static const char tls[] = "SSL_accept error from ";
	struct slice s = slice_between(message, "warning: ", NULL);

	if (slice_begins(message, tls)) {
		h->reply = message;
		h->reason = REASON_TLS_FAILED;
		h->temporary = true;
		if (postfix_client(slice_from(message, message.text +
		    strlen(tls)), h).text != NULL)
			maillog_emit(g, h);
	} else if (!slice_begins(message, "warning: "))
		return;
	else if (slice_find(s, " limit exceeded: ") != NULL)
		hear_limit(g, h, s);
	else if (slice_find(s, "]: SASL ") != NULL)
		hear_login(g, h, s);
}

static void
hear_postscreen(struct maillog *g, struct slice message)
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
	struct log_event who = { .line = NULL };
	const char *from = slice_find(message, "from [");
	struct log_memory_entry *m;
	size_t i;

	for (i = 0; i < sizeof offences / sizeof offences[0]; i++)
		if (slice_begins(message, offences[i].begin))
			break;
	if (from == NULL || i == sizeof offences / sizeof offences[0])
		return;
	postfix_client(slice_from(message, from + 5), &who);
	m = log_memory_at(maillog_memory(g), who.client);
	if (m != NULL)
		m->offence = offences[i].reason;
}

static void
hear_smtpd(struct maillog *g, const struct logline *l, bool postscreen)
{
	struct log_event h = { .line = l, .software = "Postfix",
		.reason = REASON_NONE };
	struct slice message = l->message;
	struct log_event who = { .line = NULL };
	struct log_memory_entry *m;

	if (postscreen)
		hear_postscreen(g, message);
	h.queue_id = postfix_queue_id(&message);
	if (h.queue_id.text == NULL) {
		hear_warning(g, &h, message);
		return;
	}
	if (slice_is(h.queue_id, "NOQUEUE"))
		h.queue_id = none;
	else if (slice_begins(message, "client=")) {
		postfix_client(slice_from(message, message.text + 7), &who);
		m = log_memory_at(maillog_memory(g), h.queue_id);
		log_memory_set(&m->client, who.client);
		log_memory_set(&m->name, who.name);
		return;
	}
	hear_refusal(g, &h, message);
}

void
maillog_postfix(struct maillog *g, const struct logline *l,
    struct slice program)
{
	if (slice_is(program, "smtpd") || slice_is(program, "postscreen") ||
	    slice_is(program, "cleanup"))
		hear_smtpd(g, l, slice_is(program, "postscreen"));
	else if (slice_is(program, "qmgr"))
		postfix_queue(g, l);
	else if (slice_is(program, "smtp"))
		postfix_agent(g, l, true);
	else if (slice_is(program, "lmtp") || slice_is(program, "local") ||
	    slice_is(program, "virtual") || slice_is(program, "pipe") ||
	    slice_is(program, "error"))
		postfix_agent(g, l, false);
}
