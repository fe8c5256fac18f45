/* engine_sentence - what a reply of Postfix tells of its session by its form */

#include "engine/engine_sentence.h"

#include <ctype.h>
#include <string.h>

#include "words/reply.h"

#define ANY SENTENCE_ANY
#define NEXT SENTENCE_NEXT

/* The first that stands in the text counts. */
static const struct {
	const char *words;
	int stage;
	enum sentence_about about;
	bool follows;
} sentences[] = {
	{ "Client host rejected", ANY, NAMES_CLIENT, false },
	{ "Client certificate rejected", ANY, NAMES_CLIENT, false },
	{ "SASL login name rejected", ANY, NAMES_NOTHING, false },
	{ "Helo command rejected", SENTENCE_HELO, NAMES_HELO, false },
	{ "Sender address rejected", STAGE_MAIL, NAMES_SENDER, false },
	{ "Recipient address rejected", STAGE_RCPT, NAMES_RCPT, false },
	{ "Relay access denied", STAGE_RCPT, NAMES_RCPT, false },
	{ "User unknown", STAGE_RCPT, NAMES_RCPT, false },
	{ "Data command rejected", STAGE_DATA, NAMES_NOTHING, false },
	{ "End-of-data rejected", STAGE_MESSAGE, NAMES_NOTHING, false },
	{ "Etrn command rejected", STAGE_HELO, NAMES_NOTHING, false },
	{ "not accepting connections", STAGE_CONNECT, NAMES_NOTHING, false },
	{ "too many connections", STAGE_CONNECT, NAMES_CLIENT, false },
	{ "Syntax: EHLO", STAGE_HELO, NAMES_NOTHING, false },
	{ "Syntax: HELO", STAGE_HELO, NAMES_NOTHING, false },
	{ "Syntax: AUTH", STAGE_HELO, NAMES_NOTHING, false },
	{ "Syntax: STARTTLS", STAGE_HELO, NAMES_NOTHING, false },
	{ "send HELO/EHLO first", STAGE_MAIL, NAMES_NOTHING, false },
	{ "nested MAIL command", STAGE_MAIL, NAMES_NOTHING, false },
	{ "Syntax: MAIL FROM", STAGE_MAIL, NAMES_NOTHING, false },
	{ "Bad sender address syntax", STAGE_MAIL, NAMES_NOTHING, false },
	{ "Bad message size syntax", STAGE_MAIL, NAMES_NOTHING, false },
	{ "Unsupported option", NEXT, NAMES_NOTHING, false },
	{ "too much mail from", STAGE_MAIL, NAMES_CLIENT, false },
	{ "need MAIL command", STAGE_RCPT, NAMES_NOTHING, true },
	{ "Syntax: RCPT TO", STAGE_RCPT, NAMES_NOTHING, false },
	{ "Bad recipient address syntax", STAGE_RCPT, NAMES_NOTHING, false },
	{ "too many recipients from", STAGE_RCPT, NAMES_CLIENT, false },
	{ "too many recipients", STAGE_RCPT, NAMES_NOTHING, false },
	{ "need RCPT command", STAGE_DATA, NAMES_NOTHING, true },
	{ "no valid recipients", STAGE_DATA, NAMES_NOTHING, true },
	{ "Syntax: DATA", STAGE_DATA, NAMES_NOTHING, false },
	{ "Syntax: BDAT", STAGE_DATA, NAMES_NOTHING, false },
	{ "bare <LF> received", ANY, NAMES_NOTHING, false },
	{ "message content rejected", STAGE_MESSAGE, NAMES_NOTHING, false },
	{ "too many hops", STAGE_MESSAGE, NAMES_NOTHING, false },
	{ "message file too big", STAGE_MESSAGE, NAMES_NOTHING, false },
	{ "queue file write error", ANY, NAMES_NOTHING, false },
	{ "too much mail data", STAGE_MESSAGE, NAMES_NOTHING, false },
	{ "Message size exceeds fixed limit", STAGE_MAIL, NAMES_NOTHING,
	    false },
	{ "message size exceeds", ANY, NAMES_NOTHING, false },
	{ "Insufficient system storage", STAGE_MAIL, NAMES_NOTHING, false },
	{ "Service unavailable; ", ANY, NAMES_CLIENT, false },
	{ "Service unavailable - try again later", ANY, NAMES_NOTHING, false },
	{ "Server configuration", ANY, NAMES_NOTHING, false },
	{ "Temporary lookup failure", ANY, NAMES_NOTHING, false },
	{ "mail server configuration error", ANY, NAMES_NOTHING, false },
	{ "internal protocol error", STAGE_MESSAGE, NAMES_NOTHING, false },
	{ "Must declare SMTPUTF8", SENTENCE_UTF8, NAMES_NOTHING, false },
	{ "Bad RET parameter", STAGE_MAIL, NAMES_NOTHING, false },
	{ "Bad ENVID parameter", STAGE_MAIL, NAMES_NOTHING, false },
	{ "Bad NOTIFY parameter", STAGE_RCPT, NAMES_NOTHING, false },
	{ "Bad ORCPT parameter", STAGE_RCPT, NAMES_NOTHING, false },
	{ ">: service unavailable", STAGE_HELO, NAMES_NOTHING, false },
	{ "Error: access denied for", STAGE_HELO, NAMES_CLIENT, false },
	{ "SMTPUTF8 support is required", ANY, NAMES_NOTHING, false },
	{ "timeout exceeded", ANY, NAMES_NOTHING, false },
	{ "too many errors", ANY, NAMES_NOTHING, false },
	{ "Must issue a STARTTLS", NEXT, NAMES_NOTHING, false },
	{ "TLS not available", STAGE_HELO, NAMES_NOTHING, false },
	{ "uthentication", ANY, NAMES_NOTHING, false },
	{ "Authorization", ANY, NAMES_NOTHING, false },
	{ "command not recognized", ANY, NAMES_NOTHING, false },
	{ "bad syntax", ANY, NAMES_NOTHING, false },
	{ "Syntax: ", ANY, NAMES_NOTHING, false },
	{ "Error: ", ANY, NAMES_NOTHING, false }
};

/* To commands that send no message. */
static const char *const questions[] = { "Syntax: VRFY", "Syntax: ETRN",
	"VRFY command is disabled", "ETRN command is disabled",
	"Etrn command rejected", ">: service unavailable",
	"Syntax: XCLIENT", "Syntax: XFORWARD", "insufficient authorization" };

static bool
is_question(const char *line)
{
	size_t i;

	for (i = 0; i < sizeof questions / sizeof questions[0]; i++)
		if (strstr(line, questions[i]) != NULL)
			return true;
	return false;
}

/* "<ADDRESS>: ", a client being "<name[192.0.2.1]>: ". */
static void
read_name(const char *line, struct sentence *s)
{
	const char *end = *line == '<' ? strstr(line, ">: ") : NULL;

	if (end == NULL)
		return;
	s->name = line + 1;
	s->n = (size_t)(end - s->name);
}

/* An address of a host is letters, digits, colons and dots. */
static bool
read_ip(const char *at, struct ip *ip)
{
	char text[IP_TEXT];
	size_t n = 0;

	while (n < sizeof text - 1 && (isxdigit((unsigned char)at[n]) ||
	    at[n] == ':' || at[n] == '.'))
		n++;
	memcpy(text, at, n);
	text[n] = '\0';
	return n > 0 && ip_parse(text, ip);
}

/* "name[192.0.2.1]", or "too many connections from 192.0.2.1" at the end. */
static void
read_client(const char *line, struct sentence *s)
{
	const char *at = strchr(line, '[');

	if (at != NULL && read_ip(at + 1, &s->client))
		return;
	at = strstr(line, " from ");
	if (at == NULL || !read_ip(at + 6, &s->client))
		s->client = (struct ip){ .known = false };
}

void
sentence_read(const struct reply *reply, struct sentence *s)
{
	const char *line = reply->n > 0 ? reply->lines[0] : "";
	size_t i;

	memset(s, 0, sizeof *s);
	s->stage = ANY;
	read_name(line, s);
	s->question = is_question(line);
	for (i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
		if (strstr(line, sentences[i].words) != NULL)
			break;
	if (i == sizeof sentences / sizeof sentences[0])
		return;
	s->known = true;
	s->stage = sentences[i].stage;
	s->about = sentences[i].about;
	s->follows = sentences[i].follows;
	/* Postfix hangs up on none but BDAT that way. */
	if (reply->code == 521 && strstr(line, "command not implemented"))
		s->stage = STAGE_DATA;
	if (s->about == NAMES_CLIENT)
		read_client(line, s);
}
