/* maillog_sendmail - refusals in the log of Sendmail */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "maillog/maillog_internal.h"
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

/*
 * "relay=name [192.0.2.1]", "relay=[192.0.2.1] (may be forged)": the last one,
 * for what a client chose (addresses, Message-ID, login) stands before it.
 */
static void
take_relay(struct slice s, struct slice *name, struct slice *address)
{
	const char *at = slice_find_last(s, "relay="), *end, *open;
	struct slice relay = none;

	if (at != NULL) {
		relay = slice_between(slice_from(s, at), "relay=", NULL);
		end = slice_find(relay, ", ");
		if (end != NULL)
			relay = slice_to(relay, end);
	}
	*address = slice_between(relay, "[", "]");
	open = slice_find(relay, " [");
	*name = open != NULL ? slice_to(relay, open) : none;
	slice_skip(address, "IPv6:");
}

static void
set_temporary(struct log_event *h)
{
	const struct slice *s = h->status.n > 0 ? &h->status : &h->reply;

	h->temporary = s->n > 0 && *s->text == '4';
}

/*
 * What the line says behind the client: ", reject=550 5.7.1 …", ", discard" or
 * ", quarantine=words"; NULL: nothing.
 */
static const char *
read_ruling(struct log_event *h, struct slice s)
{
	const char *at = slice_find(s, ", reject=");

	h->reply = slice_between(s, ", reject=", NULL);
	if (at != NULL)
		return at;
	h->own_words = true;
	h->fate = FATE_ON_HOLD;
	h->reply = slice_between(s, ", quarantine=", NULL);
	if (h->reply.text != NULL)
		return slice_find(s, ", quarantine=");
	h->fate = FATE_DISCARDED;
	at = slice_find_last(s, ", discard");
	if (at != NULL) {
		h->reply = slice_from(s, at);
		slice_skip(&h->reply, ", ");
	}
	return at;
}

/* What is behind an address, which the client chose, in brackets or not. */
static struct slice
behind_address(struct slice s, struct slice *address)
{
	if (slice_skip(&s, "<"))
		return slice_address(s, '>', address);
	s = slice_address(s, ',', address);
	return address->text != NULL ? slice_from(s, SLICE_END(*address)) : s;
}

/* "ruleset=check_rcpt, arg1=": of a header field, up to the last client. */
static struct slice
behind_argument(struct slice s, struct slice *address)
{
	struct slice argument = slice_between(s, ", arg1=", NULL);
	const char *at;

	if (slice_begins(s, "ruleset=check_") && argument.text != NULL)
		return behind_address(argument, address);
	at = slice_find_last(s, ", relay=");
	return at != NULL ? slice_from(s, at) : s;
}

/* "ruleset=check_rcpt, arg1=<b@x>, relay=…, reject=550 5.7.1 …" */
static bool
read_ruleset(struct log_event *h, struct slice s)
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
	struct slice address = none, rest = behind_argument(s, &address);
	const char *ruling = read_ruling(h, rest);
	size_t i = 0;

	if (ruling == NULL)
		return false;
	while (i < sizeof stages / sizeof stages[0] - 1 &&
	    !slice_begins(s, stages[i].ruleset))
		i++;
	h->stage = stages[i].stage;
	h->otherwise = stages[i].otherwise;
	take_relay(slice_to(rest, ruling), &h->name, &h->client);
	if (h->stage == STAGE_RCPT)
		h->recipient = address;
	else if (h->stage == STAGE_MAIL)
		h->sender = address;
	/* The same words for a client, a sender and a recipient. */
	if (h->stage == STAGE_MAIL && slice_find(h->reply, "ccess denied"))
		h->reason = REASON_SENDER_DENIED;
	return true;
}

/* "Milter: connect: host=h, addr=192.0.2.7, rejecting commands" */
static bool
read_milter_connect(struct log_event *h, struct slice s)
{
	if (!slice_begins(s, "Milter: ") ||
	    slice_find(s, ", rejecting commands") == NULL)
		return false;
	h->stage = STAGE_CONNECT;
	h->own_words = true;
	h->reply = s;
	h->client = slice_between(s, "addr=", ",");
	h->name = slice_between(s, "host=", ",");
	h->reason = slice_find(s, "initialization failed") != NULL ?
	    REASON_FILTER_ERROR : REASON_NONE;
	h->otherwise = REASON_POLICY_REJECT;
	return true;
}

/*
 * "Milter: to=<b>, reject=550 5.7.1 …", "Milter: cmd=data, reject=…", and at
 * the end of the message "Milter: data, reject=…". From LogLevel 11 on a line
 * "milter=name, action=…, reject=…" tells the same once more.
 */
static bool
read_milter(struct log_event *h, struct slice s)
{
	struct slice line = s, quarantine;
	const char *discard;

	h->by = ISSUED_BY_MILTER;
	if (slice_skip(&s, "Milter: to="))
		s = behind_address(s, &h->recipient);
	else if (slice_skip(&s, "Milter: from="))
		s = behind_address(s, &h->sender);
	quarantine = slice_between(s, "quarantine=", NULL);
	discard = slice_find_last(s, ", discard");
	h->reply = slice_between(s, "reject=", NULL);
	if (slice_begins(s, "milter="))
		h->reply = quarantine;
	if (quarantine.text != NULL)
		h->fate = FATE_ON_HOLD;
	else if (discard != NULL && h->reply.text == NULL &&
	    !slice_begins(s, "milter=")) {
		h->fate = FATE_DISCARDED;
		h->reply = line;
	}
	if (h->reply.text == NULL)
		return read_milter_connect(h, line);
	h->own_words = h->fate != FATE_REFUSED;
	h->stage = h->recipient.text != NULL ? STAGE_RCPT :
	    h->sender.text != NULL ? STAGE_MAIL :
	    slice_find(s, "helo=") != NULL ? STAGE_HELO :
	    slice_find(s, "cmd=data") != NULL ? STAGE_DATA : STAGE_MESSAGE;
	return true;
}

/*
 * "<nobody@example.org>... User unknown", and what it cannot read at RCPT,
 * which it logs in its words alone.
 */
static bool
read_rcpt_words(struct log_event *h, struct slice s)
{
	static const char *const words[] = { "Too many recipients",
		"Syntax error in parameters scanning ",
		" parameter unrecognized", "Bad argument \"" };
	size_t i = 0;

	if (!slice_begins(s, "<") || slice_find(s, "... ") == NULL)
		while (i < sizeof words / sizeof words[0] &&
		    slice_find(s, words[i]) == NULL)
			i++;
	if (i == sizeof words / sizeof words[0])
		return false;
	h->stage = STAGE_RCPT;
	/* With the address, as the client saw it: it helps to understand. */
	h->reply = s;
	h->recipient = slice_begins(s, "<") ?
	    slice_between(s, "<", ">... ") : none;
	h->temporary = slice_begins(s, words[0]);
	return true;
}

/* Words without a ruleset behind them. */
static bool
read_words(struct log_event *h, struct slice s)
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
	} else if (slice_begins(s, "SYSERR(") &&
	    slice_find(s, ": collect: ") != NULL &&
	    slice_find(s, ", info=read timeout") != NULL) {
		h->reason = REASON_SESSION_TIMEOUT;
		h->stage = STAGE_DATA;
		h->temporary = true;
		h->sender = slice_between(s, "from=<", ">");
	} else
		return read_rcpt_words(h, s);
	h->reply = s;
	h->own_words = true;
	return true;
}

/* What a line refuses, as far as it tells; false: nothing. */
static bool
read_refusal(struct log_event *h, struct slice s)
{
	bool refuses;

	if (slice_begins(s, "ruleset="))
		refuses = read_ruleset(h, s);
	else if (slice_begins(s, "Milter: ") || slice_begins(s, "milter="))
		refuses = read_milter(h, s);
	else
		refuses = read_words(h, s);
	if (refuses && !h->temporary)
		set_temporary(h);
	return refuses;
}

/* The client comes with the end of the envelope, recipients with "to=". */
static bool
waits(const struct log_event *h)
{
	return h->queue_id.n > 0 && (h->client.n == 0 ||
	    h->stage == STAGE_HEADERS || h->stage == STAGE_MESSAGE);
}

static void
tell_one(struct maillog *g, struct log_event *h,
    const struct log_memory_entry *m, struct slice recipients)
{
	if (h->client.n == 0) {
		h->client = slice_of(m->client);
		h->name = slice_of(m->name);
	}
	if (h->sender.text == NULL)
		h->sender = slice_of(m->sender);
	if (h->recipient.text == NULL && h->stage > STAGE_RCPT)
		h->recipient = recipients;
	maillog_emit(g, h);
}

/* Of the lines that wait those that need no more; `over`: all. */
static void
tell_waiting(struct maillog *g, struct log_memory_entry *m, bool over,
    struct slice recipients)
{
	char *lines = m->waits, *line, *rest = lines;
	struct logline l;
	struct slice s;

	m->waits = NULL;
	while ((line = strsep(&rest, "\n")) != NULL) {
		struct log_event h = { .line = &l, .software = "Sendmail",
			.reason = REASON_NONE, .queue_id = slice_of(m->id) };

		if (!logline_read(line, strlen(line), &l))
			continue;
		s = l.message;
		take_queue_id(&s);
		if (!read_refusal(&h, s))
			continue;
		if (over || h.stage < STAGE_HEADERS)
			tell_one(g, &h, m, recipients);
		else
			log_memory_add(&m->waits, slice_of(line));
	}
	free(lines);
}

void
maillog_sendmail_end(struct maillog *g, struct log_memory_entry *m)
{
	tell_waiting(g, m, true, none);
}

static void
on_refusal(struct maillog *g, struct log_event *h, const struct logline *l,
    struct slice s)
{
	struct log_memory_entry *m;
	struct slice whole = { l->stamp.text,
	    (size_t)(SLICE_END(l->message) - l->stamp.text) };

	if (!read_refusal(h, s))
		return;
	m = log_memory_at(maillog_memory(g), h->queue_id);
	if (m == NULL)
		maillog_emit(g, h);
	else if (waits(h))
		log_memory_add(&m->waits, whole);
	else
		tell_one(g, h, m, none);
}

/* Behind "from=": "<a>, …, relay=name [ip]" comes when the envelope is over. */
static void
on_from(struct maillog *g, struct slice id, struct slice s)
{
	struct log_memory_entry *m = log_memory_at(maillog_memory(g), id);
	struct slice name, client, sender = none;

	if (m == NULL)
		return;
	s = behind_address(s, &sender);
	take_relay(s, &name, &client);
	log_memory_set(&m->sender, sender);
	log_memory_set(&m->client, client);
	log_memory_set(&m->name, name);
	tell_waiting(g, m, false, none);
	maillog_emit(g, &(struct log_event){ .line = NULL, .queue_id = id,
	    .sender = slice_of(m->sender) });
}

/* "<a>,<b>, …" at the front: all of them ("a>,<b"), and what is behind. */
static struct slice
take_recipients(struct slice s, struct slice *first, struct slice *all)
{
	struct slice begin, one;

	if (!slice_skip(&s, "<")) {
		s = behind_address(s, first);
		*all = *first;
		return s;
	}
	begin = s;
	s = slice_address(s, '>', first);
	one = *first;
	while (one.text != NULL && slice_skip(&s, ",<"))
		s = slice_address(s, '>', &one);
	*all = one.text != NULL ? slice_to(begin, SLICE_END(one)) : *first;
	return s;
}

/*
 * ", delay=…, pri=…, stat=words" behind "to=<a>,<b>": without a mailer it never
 * was on its way, for it was refused after the dot.
 */
static void
on_dot(struct maillog *g, struct log_event *h, struct slice s,
    struct slice recipients)
{
	struct log_memory_entry *m = log_memory_find(maillog_memory(g),
	    h->queue_id);

	if (m == NULL)
		return;
	if (m->waits != NULL) {
		tell_waiting(g, m, true, recipients);
		m->offence = REASON_POLICY_REJECT;
		return;
	}
	if (m->offence != 0)
		return;
	m->offence = REASON_POLICY_REJECT;
	h->stage = STAGE_MESSAGE;
	h->reply = slice_between(s, ", stat=", NULL);
	set_temporary(h);
	tell_one(g, h, m, recipients);
}

static bool
is_outgoing(struct slice mailer)
{
	return slice_is(mailer, "esmtp") || slice_is(mailer, "smtp") ||
	    slice_is(mailer, "relay") || slice_is(mailer, "dsmtp") ||
	    slice_is(mailer, "smtp8");
}

/* "…, mailer=esmtp, …, relay=mx. [ip], dsn=5.1.1, stat=…" behind "to=<b>" */
static void
on_delivery(struct maillog *g, struct log_event *h, struct slice s)
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
	h->reply = slice_between(slice_from(s, stat), ", stat=", NULL);
	if (reply.n > 4 && (*reply.text == '4' || *reply.text == '5'))
		h->reply = reply;
	s = slice_to(s, stat);
	h->relay = slice_between(s, "relay=", ", ");
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

/* Behind "to=": "<a>,<b>, …": refused after the dot, or delivered or not. */
static void
on_to(struct maillog *g, struct log_event *h, struct slice s)
{
	struct slice first = none, all = none, owner;

	s = take_recipients(s, &first, &all);
	if (slice_skip(&s, ", ctladdr=<"))
		s = slice_address(s, '>', &owner);
	if (slice_find(s, "mailer=") == NULL && slice_find(s, "dsn=") == NULL)
		on_dot(g, h, s, all);
	else {
		h->recipient = first;
		on_delivery(g, h, s);
	}
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
	if (slice_skip(&s, "from="))
		on_from(g, h.queue_id, s);
	else if (slice_skip(&s, "to="))
		on_to(g, &h, s);
	else
		on_refusal(g, &h, l, s);
	return true;
}
