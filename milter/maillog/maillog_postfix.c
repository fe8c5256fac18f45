/* maillog_postfix - refusals in the log of Postfix */

#include <string.h>

#include "maillog/maillog_internal.h"
#include "maillog/memory.h"
#include "maillog/postfix_line.h"
#include "words/reason.h"

static const struct slice none;

static void
set_temporary(struct log_event *h)
{
	const struct slice *s = h->status.n > 0 ? &h->status : &h->reply;

	h->temporary = s->n > 0 && *s->text == '4';
}

/* postscreen(8) has no room; it logs no reply. */
static void
set_busy(struct log_event *h)
{
	h->own_words = true;
	h->temporary = true;
	h->reason = slice_begins(h->reply, "too many") ?
	    REASON_TOO_MANY_CONNECTIONS : REASON_SYSTEM_OVERLOADED;
}

/*
 * A filter's answer to CONNECT and EHLO is given at MAIL, but for 421, which is
 * given at once, and for 5yz to CONNECT, which changes the greeting.
 */
static bool
is_kept_for_later(const struct log_event *h)
{
	if (h->by != ISSUED_BY_MILTER || h->stage > STAGE_HELO ||
	    h->fate != FATE_REFUSED || slice_begins(h->reply, "421"))
		return false;
	return h->stage == STAGE_HELO || h->temporary;
}

/* "RCPT from name[ip]: 554 5.7.1 …; from=<…> …" */
static void
read_reject(struct maillog *g, struct log_event *h, struct slice s)
{
	const char *from = slice_find(s, " from "), *end;

	if (from == NULL)
		return;
	h->stage = postfix_stage(s);
	s = postfix_client(slice_from(s, from + 6), h);
	if (!slice_skip(&s, ": "))
		return;
	end = postfix_envelope_of(s);
	h->reply = slice_to(s, end);
	postfix_envelope(slice_from(s, end), h);
	set_temporary(h);
	h->reason = postfix_offence(g, h);
	if (slice_is(h->reply, "all server ports busy") ||
	    slice_is(h->reply, "too many connections"))
		set_busy(h);
	if (!is_kept_for_later(h))
		maillog_emit(g, h);
}

#define CLIENT_MAX 400		/* of name, address and port */

/* "… from name[ip]" at the end of the text; false: that is none. */
static bool
ends_with_client(struct slice s, struct log_event *who)
{
	const char *from;

	if (s.n > CLIENT_MAX)
		s = slice_from(s, SLICE_END(s) - CLIENT_MAX);
	from = slice_find_last(s, " from ");
	return from != NULL && postfix_client(slice_from(s, from + 6),
	    who).text == SLICE_END(s);
}

/*
 * "… from name[ip]; from=<a> …": takes the client, and returns where the
 * envelope begins. What the message says stands before it, and a sender's
 * address behind it, so that there may be several: then smtpd(8) knows whose
 * message it is, and without that nobody. NULL: there is none.
 */
static const char *
take_origin(struct maillog *g, struct log_event *h, struct slice s)
{
	const struct log_memory_entry *m = log_memory_find(maillog_memory(g),
	    h->queue_id);
	struct log_event who = { .line = NULL };
	const char *end, *found = NULL;
	struct slice rest = s;
	int n = 0;

	for (; (end = slice_find(rest, "; from=<")) != NULL;
	    rest = slice_from(s, end + 1)) {
		if (!ends_with_client(slice_to(s, end), &who))
			continue;
		found = end;
		n++;
		if (m != NULL && m->client != NULL &&
		    slice_is(who.client, m->client))
			break;
	}
	if (n == 1 || end != NULL) {
		h->client = who.client;
		h->name = who.name;
	} else if (n > 1) {
		h->client = slice_of(m != NULL ? m->client : NULL);
		h->name = slice_of(m != NULL ? m->name : NULL);
		found = SLICE_END(s);
	}
	return found;
}

/* "header Subject: x from name[ip]; from=<a> … helo=<h>: 5.7.1 text" */
static void
read_content(struct maillog *g, struct log_event *h, struct slice s)
{
	const char *helo = slice_find_last(s, "helo=<"), *words, *end;

	if (helo == NULL)
		return;
	words = slice_find(slice_from(s, helo), ">: ");
	if (words == NULL && h->fate == FATE_REFUSED)
		return;
	h->otherwise = slice_begins(s, "body") ? REASON_BODY_PATTERN :
	    REASON_HEADER_PATTERN;
	h->stage = slice_begins(s, "body") ? STAGE_MESSAGE : STAGE_HEADERS;
	h->reply = slice_from(s, words != NULL ? words + 3 : SLICE_END(s));
	if (words != NULL)
		s = slice_to(s, words + 1);
	end = take_origin(g, h, s);
	if (end == NULL)
		return;
	postfix_envelope(slice_from(s, end), h);
	set_temporary(h);
	maillog_emit(g, h);
}

/* "mime-error words: what from name[ip]; from=<a> to=<b>" */
static void
read_mime_error(struct maillog *g, struct log_event *h, struct slice s)
{
	const char *end = take_origin(g, h, s);

	h->reply = slice_between(s, "mime-error ", ": ");
	if (end == NULL || h->reply.text == NULL)
		return;
	h->otherwise = REASON_MESSAGE_MALFORMED;
	h->stage = STAGE_MESSAGE;
	postfix_envelope(slice_from(s, end), h);
	maillog_emit(g, h);
}

/* The rule's own words, or "Recipient address triggers DISCARD action". */
static int
rule_of(struct slice words)
{
	static const struct {
		const char *what;
		int reason;
	} rules[] = {
		{ "Client host", REASON_CLIENT_DENIED },
		{ "Helo command", REASON_HELO_DENIED },
		{ "Sender address", REASON_SENDER_DENIED },
		{ "Recipient address", REASON_RCPT_DENIED },
	};
	size_t i;

	for (i = 0; i < sizeof rules / sizeof rules[0]; i++)
		if (slice_find(words, rules[i].what) != NULL)
			return rules[i].reason;
	return REASON_POLICY_REJECT;
}

static void
read_event(struct maillog *g, struct log_event *h, struct slice s)
{
	if (slice_begins(s, "mime-error "))
		read_mime_error(g, h, s);
	else if (slice_begins(s, "header ") || slice_begins(s, "body ") ||
	    slice_begins(s, "mime-header ") ||
	    slice_begins(s, "nested-header "))
		read_content(g, h, s);
	else {
		if (h->own_words)
			h->otherwise = rule_of(s);
		read_reject(g, h, s);
	}
}

/* "reject: RCPT from …", "milter-hold: END-OF-MESSAGE from …" */
static void
read_refusal(struct maillog *g, struct log_event *h, struct slice message)
{
	static const struct {
		const char *word;
		enum log_fate fate;
		bool by_milter;
		bool own_words;
	} words[] = {
		{ "reject: ", FATE_REFUSED, false, false },
		{ "milter-reject: ", FATE_REFUSED, true, false },
		{ "reject_warning: ", FATE_WARNED, false, false },
		{ "discard: ", FATE_DISCARDED, false, true },
		{ "milter-discard: ", FATE_DISCARDED, true, true },
		{ "hold: ", FATE_ON_HOLD, false, true },
		{ "milter-hold: ", FATE_ON_HOLD, true, true },
	};
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (slice_skip(&message, words[i].word))
			break;
	if (i == sizeof words / sizeof words[0])
		return;
	h->fate = words[i].fate;
	h->own_words = words[i].own_words;
	if (words[i].by_milter)
		h->by = ISSUED_BY_MILTER;
	read_event(g, h, message);
}

/* "Connection rate limit exceeded: 31 from name[ip] for service smtp" */
static void
read_limit(struct maillog *g, struct log_event *h, struct slice s)
{
	const char *from = slice_find(s, " from ");

	/* Other warnings quote behind the client what it sent. */
	if (from == NULL ||
	    slice_find(slice_to(s, from), " limit exceeded: ") == NULL ||
	    postfix_client(slice_from(s, from + 6), h).text == NULL)
		return;
	h->reason = slice_begins(s, "Connection concurrency") ?
	    REASON_TOO_MANY_CONNECTIONS : REASON_RATE_LIMITED;
	h->temporary = true;
	h->stage = slice_begins(s, "Message delivery") ? STAGE_MAIL :
	    slice_begins(s, "Recipient address") ? STAGE_RCPT : STAGE_CONNECT;
	h->reply = s;
	h->own_words = true;
	maillog_emit(g, h);
}

/* "name[ip]: SASL LOGIN authentication failed: why, sasl_username=x" */
static void
read_login(struct maillog *g, struct log_event *h, struct slice s)
{
	s = postfix_client(s, h);
	if (!slice_skip(&s, ": ") || !slice_begins(s, "SASL "))
		return;
	h->reply = s;
	h->own_words = true;
	h->reason = REASON_AUTH_FAILED;
	h->temporary = slice_find(s, "temporary") != NULL ||
	    slice_find(s, "Temporary") != NULL;
	h->stage = STAGE_HELO;
	h->login = slice_between(s, "sasl_username=", NULL);
	maillog_emit(g, h);
}

/* Some warnings of smtpd(8) mean a refusal, although there is no "reject:". */
static void
read_warning(struct maillog *g, struct log_event *h, struct slice message)
{
	struct slice s = message;

	if (slice_skip(&s, "SSL_accept error from ")) {
		h->reply = message;
		h->own_words = true;
		h->reason = REASON_TLS_FAILED;
		h->temporary = true;
		if (postfix_client(s, h).text != NULL)
			maillog_emit(g, h);
	} else if (!slice_skip(&s, "warning: "))
		return;
	else if (slice_find(s, " limit exceeded: ") != NULL)
		read_limit(g, h, s);
	else if (slice_find(s, "]: SASL ") != NULL)
		read_login(g, h, s);
}

/* "client=name[ip], sasl_method=PLAIN, sasl_username=x, ..." */
static struct slice
login_of_message(struct slice message)
{
	struct slice s = slice_between(message, "sasl_username=", NULL);
	const char *end = slice_find(s, ", ");

	return end != NULL ? slice_to(s, end) : s;
}

static void
read_smtpd(struct maillog *g, const struct logline *l, bool postscreen)
{
	struct log_event h = { .line = l, .software = "Postfix",
		.reason = REASON_NONE };
	struct slice message = l->message;
	struct log_event who = { .line = NULL };
	struct log_memory_entry *m;

	if (postscreen)
		postfix_screen(g, l);
	h.queue_id = postfix_queue_id(&message);
	if (h.queue_id.text == NULL) {
		read_warning(g, &h, message);
		return;
	}
	if (slice_is(h.queue_id, "NOQUEUE"))
		h.queue_id = none;
	else if (slice_skip(&message, "client=")) {
		postfix_client(message, &who);
		m = log_memory_at(maillog_memory(g), h.queue_id);
		log_memory_set(&m->client, who.client);
		log_memory_set(&m->name, who.name);
		log_memory_set(&m->login, login_of_message(message));
		return;
	}
	read_refusal(g, &h, message);
}

void
maillog_postfix(struct maillog *g, const struct logline *l,
    struct slice program)
{
	if (slice_is(program, "smtpd") || slice_is(program, "postscreen") ||
	    slice_is(program, "cleanup"))
		read_smtpd(g, l, slice_is(program, "postscreen"));
	else if (slice_is(program, "qmgr"))
		postfix_queue(g, l);
	else if (slice_is(program, "bounce"))
		postfix_bounce(g, l);
	else if (slice_is(program, "smtp"))
		postfix_agent(g, l, true);
	else if (slice_is(program, "lmtp") || slice_is(program, "local") ||
	    slice_is(program, "virtual") || slice_is(program, "pipe") ||
	    slice_is(program, "error"))
		postfix_agent(g, l, false);
}
