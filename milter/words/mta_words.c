/* mta_words - whose words a reply is made of */

#include "words/mta_words.h"

#include <string.h>

#include "base/buf.h"
#include "model/finding.h"
#include "model/occasion.h"
#include "model/session.h"
#include "words/mta_sentence.h"
#include "words/reason.h"
#include "words/reply.h"

/* How Postfix says the words of a table or a policy server, and of whom. */
static const struct {
	const char *form;
	enum topic about;
	int reason;		/* NONE: others' rules are said so, too */
} forms[] = {
	{ "Client host rejected: ", TOPIC_NONE, REASON_CLIENT_DENIED },
	{ "Unverified Client host rejected: ", TOPIC_NONE,
	    REASON_CLIENT_DENIED },
	{ "Helo command rejected: ", TOPIC_HELO, REASON_HELO_DENIED },
	{ "Sender address rejected: ", TOPIC_SENDER, REASON_SENDER_DENIED },
	{ "Recipient address rejected: ", TOPIC_RECIPIENT, REASON_NONE },
	{ "Data command rejected: ", TOPIC_NONE, REASON_NONE },
	{ "End-of-data rejected: ", TOPIC_NONE, REASON_NONE },
	{ "Etrn command rejected: ", TOPIC_NONE, REASON_NONE }
};

/* Words about a name of which nobody knows what is wrong with it. */
#define DO_THAT "If the words of the mail server {name} above say what to " \
	"do or whom to ask, do that. "
#define ABOUT_NAME "send this to the sender's mail provider, who must look " \
	"at the name by which the server that sent it{(}, {client},{)} " \
	"introduces itself. If that name{(}, {helo},{)} is right, write to " \
	"{contact} and give the id {id}."
static const char helo_remedy[] = "It was not delivered. " DO_THAT "If not, or "
    "if it does not help, " ABOUT_NAME;
static const char helo_later[] = "{(}{by_program}It was not sent yet: send it "
    "again in an hour.{|}It is still under way; the sending server tries again "
    "by itself.{)} " DO_THAT "If it has not got through after 24 hours, "
    ABOUT_NAME;

/* The sentence of the first line. */
static const char *
start_of(const struct reply *reply)
{
	return reply->n > 0 ? mta_sentence_start(reply->lines[0]) : "";
}

/* Others' words without the form, with code and status; false: no form. */
static bool
put_bare(const struct reply *reply, enum topic *about, struct buf *out)
{
	const char *sentence = start_of(reply);
	size_t i, line, n;

	for (i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		n = strlen(forms[i].form);
		if (strncmp(sentence, forms[i].form, n) != 0)
			continue;
		if (mta_sentence_is_one(sentence))
			return false;
		if (reply->code != 0)
			buf_printf(out, "%d %s ", reply->code, reply->status);
		buf_puts(out, sentence + n);
		for (line = 1; line < reply->n; line++)
			buf_printf(out, " %s", reply->lines[line]);
		if (*about == TOPIC_NONE)
			*about = forms[i].about;
		return true;
	}
	return false;
}

void
mta_words_recognise(const struct reply *reply, const char *text, size_t n,
    enum topic about, struct buf *room, struct recognised *r)
{
	struct recognised bare;

	recognise_about(text, n, about, r);
	buf_clear(room);
	if (!put_bare(reply, &about, room))
		return;
	recognise_about(room->data, room->len, about, &bare);
	if (bare.confidence >= RECOGNISED_LIKELY && bare.reason != r->reason) {
		r->reason = bare.reason;
		r->confidence = bare.confidence;
		memcpy(r->captured, bare.captured, sizeof r->captured);
		r->last_address = bare.last_address;
	} else if (bare.confidence < RECOGNISED_LIKELY &&
	    (r->confidence < RECOGNISED_SURE ||
	    r->reason != REASON_RCPT_DENIED)) {
		r->reason = REASON_NONE;
		r->confidence = RECOGNISED_UNKNOWN;
	}
}

/* Reasons of what is in a message, which nobody has seen before DATA. */
static bool
is_of_content(int reason)
{
	static const int reasons[] = { REASON_SPAM_CONTENT,
		REASON_HEADER_PATTERN, REASON_BODY_PATTERN, REASON_URL_LISTED,
		REASON_VIRUS_FOUND, REASON_ATTACHMENT_BANNED,
		REASON_MEDIA_UNSUPPORTED, REASON_NOT_SCANNABLE,
		REASON_MESSAGE_MALFORMED, REASON_BODY_LINE_TOO_LONG,
		REASON_BARE_NEWLINE, REASON_DKIM_NONE_VALID,
		REASON_DKIM_UNACCEPTABLE, REASON_DKIM_AUTHOR_MISMATCH,
		REASON_DMARC_REJECT, REASON_DMARC_QUARANTINE,
		REASON_DMARC_PERMERROR, REASON_ARC_FAIL };
	size_t i;

	for (i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (reasons[i] == reason)
			return true;
	return false;
}

/* Does it say which list? In "<name[address]>: …" a name is the client's. */
static bool
names_list(const struct reply *reply, const struct recognised *words)
{
	return words->captured[CAPTURE_ZONE].text != NULL ||
	    words->captured[CAPTURE_URL].text != NULL ||
	    (words->captured[CAPTURE_DOMAIN].text != NULL &&
	    words->confidence == RECOGNISED_SURE && reply->n > 0 &&
	    *reply->lines[0] != '<');
}

static bool
says_grey(const struct reply *reply)
{
	const char *line = reply->n > 0 ? reply->lines[0] : "";

	return strcasestr(line, "grey") != NULL ||
	    strcasestr(line, "gray") != NULL;
}

/* May the words, which are not the MTA's own, mean that, here? */
static bool
is_possible(const struct reply *reply, const struct recognised *words,
    const struct occasion *at)
{
	if ((words->reason == REASON_DNSBL_LISTED || words->reason ==
	    REASON_DOMAIN_LISTED) && !names_list(reply, words))
		return false;
	/* Many others than a greylist say "try again later". */
	if (words->reason == REASON_GREYLISTED &&
	    words->confidence < RECOGNISED_SURE && !says_grey(reply))
		return false;
	return at == NULL || !at->known || at->stage >= STAGE_DATA ||
	    !is_of_content(words->reason);
}

/* What the sentence names, better than it can be found in any words. */
static void
take_arguments(struct mta_words *out, const struct mta_match *m)
{
	const struct captured *c;
	size_t lists = m->n - (m->quoted.text != NULL) - 1;
	const char *at;

	out->quoted = m->quoted;
	if (out->reason == REASON_MAILBOX_MOVED && m->n > 0)
		out->address = m->argument[0];
	if ((out->reason == REASON_DNSBL_LISTED ||
	    out->reason == REASON_DNSBL_UNAVAILABLE) && m->n > 1)
		out->list = m->argument[1];
	if (out->reason != REASON_DOMAIN_LISTED || m->n < 2)
		return;
	out->list = m->argument[lists];
	c = &m->argument[lists - 1];
	at = memchr(c->text, '@', c->n);
	out->domain = *c;
	if (at != NULL)
		out->domain = (struct captured){ at + 1,
			c->n - (size_t)(at + 1 - c->text) };
}

static void
take_row(struct mta_words *out, const struct mta_sentence *row,
    const struct mta_match *m, const struct recognised *words)
{
	if (row->reason == REASON_NONE)
		return;
	/* A list may say that it refuses the question itself. */
	if (!out->sure || m->quoted.text == NULL ||
	    words->reason != REASON_DNSBL_UNAVAILABLE) {
		out->reason = row->reason;
		out->text = row->text;
		out->remedy = row->remedy;
		out->later = row->later;
	}
	out->sure = true;
	take_arguments(out, m);
}

/* Refused is somebody, or nobody knows what: the form tells who it is. */
static bool
is_of_whom(int reason)
{
	return reason == REASON_UNRECOGNISED ||
	    reason == REASON_POLICY_REJECT || reason == REASON_CLIENT_DENIED ||
	    reason == REASON_HELO_DENIED || reason == REASON_SENDER_DENIED;
}

/* Two witnesses: words that are likely, and the very status of that reason. */
static bool
status_agrees(const struct reply *reply, int reason)
{
	const struct reason *row = reason_get(reason);
	const char *own = reply->code >= 500 ? row->permanent.status :
	    row->temporary.status;

	return own != NULL && strcmp(reply->status, own) == 0 &&
	    reply_status_tells(own);
}

/* Is there a form of Postfix in front of words that are none of its own? */
static bool
has_form(const struct reply *reply)
{
	const char *line = start_of(reply);
	size_t i;

	for (i = 0; i < sizeof forms / sizeof forms[0]; i++)
		if (strncmp(line, forms[i].form, strlen(forms[i].form)) == 0)
			return true;
	return false;
}

/* header_checks(5), body_checks(5), a proxy: no form, and not the MTA's own. */
static bool
is_of_table(const struct reply *reply, const struct occasion *at)
{
	return at != NULL && at->known && at->stage >= STAGE_DATA &&
	    !at->sendmail && at->author == AUTHOR_UNKNOWN && !has_form(reply);
}

/* X.7.Z of RFC 3463: rules and security. */
static bool
is_of_rules(const struct reply *reply)
{
	return *reply->status != '\0' &&
	    strncmp(reply->status + 1, ".7.", 3) == 0;
}

/*
 * People, policy servers and other filters write as they like: a cause that is
 * only likely in their words is none. Whom they refuse may be believed, unless
 * their status speaks of something else.
 */
static bool
is_believed(const struct reply *reply, const struct recognised *words,
    const struct occasion *at)
{
	if (words->confidence < RECOGNISED_LIKELY)
		return false;
	if (words->confidence == RECOGNISED_SURE || at == NULL || !at->known ||
	    status_agrees(reply, words->reason))
		return true;
	if (!has_form(reply) && at->author != AUTHOR_FILTER &&
	    !is_of_table(reply, at))
		return true;
	return (is_of_whom(words->reason) || words->reason ==
	    REASON_RCPT_DENIED) && (!reply_status_tells(reply->status) ||
	    is_of_rules(reply));
}

/* What words of an admin's own mean by the form in which the MTA says them. */
static int
reason_of_form(const struct reply *reply, int matched)
{
	const char *line = start_of(reply);
	size_t i;

	for (i = 0; i < sizeof forms / sizeof forms[0]; i++)
		if (is_of_whom(matched) && forms[i].reason != REASON_NONE &&
		    strncmp(line, forms[i].form, strlen(forms[i].form)) == 0)
			return forms[i].reason;
	return matched;
}

/* Not the mail admin of the server here, but who names the server there. */
static void
take_helo(struct mta_words *out, const struct reply *reply)
{
	if (out->sure || out->reason != REASON_HELO_DENIED || !has_form(reply))
		return;
	out->remedy = helo_remedy;
	out->later = helo_later;
}

/* And by their moment. It is never sure: the words are those of a person. */
static int
reason_of_moment(const struct reply *reply, const struct occasion *at,
    int matched)
{
	bool by_filter;

	if (at == NULL || !at->known)
		return matched;
	by_filter = at->author == AUTHOR_FILTER;
	if (matched == REASON_UNRECOGNISED && at->stage >= STAGE_DATA &&
	    !by_filter && is_of_rules(reply))
		return REASON_POLICY_REJECT;
	/* "Go away" is not said of anybody in particular. */
	return by_filter && (matched == REASON_CLIENT_DENIED ||
	    matched == REASON_SENDER_DENIED) ? REASON_POLICY_REJECT : matched;
}

void
mta_words_read(struct mta_words *out, const struct reply *reply,
    const struct recognised *words, const struct session *session,
    const struct occasion *at)
{
	bool matched = is_believed(reply, words, at) &&
	    is_possible(reply, words, at);
	const struct mta_sentence *row;
	struct mta_match m;

	memset(out, 0, sizeof *out);
	out->reason = matched ? words->reason : REASON_UNRECOGNISED;
	out->sure = matched && (words->confidence == RECOGNISED_SURE ||
	    status_agrees(reply, words->reason));
	out->reason = reason_of_form(reply, out->reason);
	/* What is in a message is not welcome, whoever brings it. */
	if (is_of_table(reply, at) && is_of_whom(out->reason) &&
	    out->reason != REASON_UNRECOGNISED) {
		out->reason = REASON_POLICY_REJECT;
		out->sure = false;
	}
	if (!out->sure)
		out->reason = reason_of_moment(reply, at, out->reason);
	take_helo(out, reply);
	row = reply->n > 0 ? mta_sentence_find(reply, start_of(reply), session,
	    at, &m) : NULL;
	if (row == NULL)
		return;
	out->own = reply->n == 1 && !m.foreign;
	take_row(out, row, &m, words);
}

static const struct {
	enum capture capture;
	enum evidence_key key;
} captures[] = {
	{ CAPTURE_ADDRESS, EVIDENCE_ADDRESS },
	{ CAPTURE_DOMAIN, EVIDENCE_DOMAIN },
	{ CAPTURE_IP, EVIDENCE_IP },
	{ CAPTURE_ZONE, EVIDENCE_ZONE },
	{ CAPTURE_ZONE, EVIDENCE_LIST },
	{ CAPTURE_LIMIT, EVIDENCE_LIMIT },
	{ CAPTURE_RETRY, EVIDENCE_RETRY },
	{ CAPTURE_URL, EVIDENCE_URL },
};

static void
say(struct finding *f, enum evidence_key key, const struct captured *c)
{
	struct buf value = BUF_INIT;

	if (c->text != NULL && finding_value(f, key) == NULL) {
		buf_put(&value, c->text, c->n);
		finding_say(f, key, value.data);
	}
	buf_free(&value);
}

void
mta_words_put_evidence(const struct mta_words *known,
    const struct recognised *words, struct finding *f)
{
	size_t i;

	say(f, EVIDENCE_ADDRESS, &known->address);
	say(f, EVIDENCE_DOMAIN, &known->domain);
	say(f, EVIDENCE_LIST, &known->list);
	if (known->reason == REASON_DMARC_REJECT ||
	    known->reason == REASON_DMARC_QUARANTINE ||
	    known->reason == REASON_DMARC_TEMPERROR)
		say(f, EVIDENCE_AUTHOR, &words->captured[CAPTURE_DOMAIN]);
	for (i = 0; i < sizeof captures / sizeof captures[0]; i++)
		say(f, captures[i].key,
		    &words->captured[captures[i].capture]);
}
