/* postfix_screen - what postscreen(8) detects about a client */

#include <string.h>

#include "maillog/memory.h"
#include "maillog/postfix_line.h"
#include "words/reason.h"

/* Where the client stands in its lines: "[192.0.2.7]:4711". */
static struct slice
find_client(struct slice message, struct log_event *who)
{
	const char *at = slice_find(message, " [");
	struct slice rest;

	if (at == NULL)
		return (struct slice){ NULL, 0 };
	rest = slice_from(message, at + 1);
	message = postfix_client(rest, who);
	return message.text == NULL ? message : slice_to(rest, message.text);
}

static int
offence_of(struct slice message)
{
	static const struct {
		const char *begin;
		int reason;
	} offences[] = {
		{ "PREGREET ", REASON_EARLY_TALKER },
		{ "COMMAND PIPELINING ", REASON_UNAUTH_PIPELINING },
		{ "NON-SMTP COMMAND ", REASON_COMMAND_UNKNOWN },
		{ "BARE NEWLINE ", REASON_BARE_NEWLINE },
		{ "DNSBL rank ", REASON_DNSBL_LISTED },
		{ "DENYLISTED ", REASON_CLIENT_DENIED },
		{ "BLACKLISTED ", REASON_CLIENT_DENIED },
		{ "COMMAND TIME LIMIT ", REASON_SESSION_TIMEOUT },
	};
	size_t i;

	for (i = 0; i < sizeof offences / sizeof offences[0]; i++)
		if (slice_begins(message, offences[i].begin))
			return offences[i].reason;
	return REASON_NONE;
}

/* Nothing else was logged, and the client did not hang up: postscreen did. */
static void
dropped(struct maillog *g, struct log_memory_entry *m)
{
	struct logline l;
	struct log_event h = { .line = &l, .software = "Postfix",
		.stage = STAGE_CONNECT, .reason = m->offence,
		.temporary = m->offence == REASON_SESSION_TIMEOUT,
		.own_words = true };

	if (logline_read(m->offended, strlen(m->offended), &l)) {
		find_client(l.message, &h);
		h.reply = l.message;
		maillog_emit(g, &h);
	}
	log_memory_forget(m);
}

static void
remember(struct maillog *g, const struct logline *l, struct slice key,
    struct slice client, int offence)
{
	struct log_memory_entry *m = log_memory_at(maillog_memory(g), key);
	struct slice line = { l->stamp.text,
	    (size_t)(SLICE_END(l->message) - l->stamp.text) };

	if (m != NULL) {
		m->offence = offence;
		log_memory_set(&m->offended, line);
	}
	m = log_memory_at(maillog_memory(g), client);
	if (m != NULL)
		m->offence = offence;
}

void
postfix_screen(struct maillog *g, const struct logline *l)
{
	static const char *const ends[] = { "HANGUP ", "PASS ",
		"NOQUEUE: reject: " };
	struct log_event who = { .line = NULL };
	struct slice key = find_client(l->message, &who);
	struct log_memory_entry *m = log_memory_find(maillog_memory(g), key);
	int offence = offence_of(l->message);
	size_t i;

	if (key.text == NULL)
		return;
	if (offence != REASON_NONE) {
		remember(g, l, key, who.client, offence);
		return;
	}
	if (m != NULL && m->offended != NULL &&
	    slice_begins(l->message, "DISCONNECT "))
		dropped(g, m);
	for (i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (slice_begins(l->message, ends[i]))
			log_memory_forget(m);
}

int
postfix_offence(struct maillog *g, const struct log_event *h)
{
	const struct log_memory_entry *m;

	if (slice_find(h->reply, "rotocol error") == NULL &&
	    slice_find(h->reply, "5.3.2 Service currently unavailable") ==
	    NULL)
		return REASON_NONE;
	m = log_memory_find(maillog_memory(g), h->client);
	return m != NULL ? m->offence : REASON_NONE;
}
