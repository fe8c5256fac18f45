/* mta_sentence - which sentence of an MTA's own a line is */

#include "words/mta_sentence.h"

#include <pthread.h>
#include <string.h>

#include "base/net.h"
#include "model/occasion.h"
#include "model/session.h"
#include "words/reason.h"
#include "words/reply.h"

/* What must be so for a row to count. */
enum when {
	WHEN_FOR_NOW = 1,
	WHEN_FOR_GOOD = 2,
	WHEN_NO_LOGIN = 4,	/* a submission port, and nobody logged in */
	WHEN_MAIL = 8,		/* in reply to MAIL */
	WHEN_ROUTED = 16,	/* the recipient is written as a route */
	WHEN_IP = 32,		/* the first argument is an address */
	WHEN_NAME_TEMPFAIL = 64,	/* our resolver got no answer */
	WHEN_NO_PTR = 128,	/* the client has no name */
	WHEN_PTR_TEMPFAIL = 256,	/* and none could be looked up */
	WHEN_GREETED = 512,	/* the client has said its name */
	WHEN_SENDMAIL = 1024,	/* the MTA's words, and it may be Sendmail */
	WHEN_REFUSED = 2048,	/* the DNS list refuses to be asked */
	WHEN_REMOTE_5YZ = 4096,	/* another server refused for good */
	WHEN_REMOTE_FULL = 8192	/* it says that the mailbox is full (X.2.2) */
};

#define SAYS(words, id, occasion)                                             \
	{ .says = (words), .reason = REASON_##id, .when = (occasion) },
#define TELLS(...) TELLS_ALL(__VA_ARGS__)
#define TELLS_ALL(words, id, occasion, first, good, now)                      \
	{ .says = (words), .reason = REASON_##id, .when = (occasion),         \
	    .text = (first), .remedy = (good), .later = (now) },
static const struct mta_sentence rows[] = {
#include "words/mta_words.def"
#include "words/mta_words_sendmail.def"
};
#undef SAYS
#undef TELLS

#define NROWS (sizeof rows / sizeof rows[0])

/*
 * The rows, chained by the first byte of their sentence in their order; a
 * number is that of a row and one more, 0 ends a chain. What begins with a
 * wildcard is in the chain of '*'.
 */
static struct {
	pthread_once_t once;
	unsigned short first[256], next[NROWS];
} chains = { .once = PTHREAD_ONCE_INIT };

static void
chain(void)
{
	unsigned char byte;
	size_t i;

	for (i = NROWS; i-- > 0;) {
		byte = (unsigned char)*rows[i].says;
		if (byte == '$' || byte == '%')
			byte = '*';
		chains.next[i] = chains.first[byte];
		chains.first[byte] = (unsigned short)(i + 1);
	}
}

/* Where two chains are read, which are the rows that can fit a line. */
struct candidates {
	size_t exact, wild;
};

static struct candidates
candidates_of(const char *line)
{
	unsigned char byte = (unsigned char)*line;

	pthread_once(&chains.once, chain);
	return (struct candidates){ .wild = chains.first['*'],
		.exact = byte != '*' ? chains.first[byte] : 0 };
}

/* The next of them in the order of the table, or NULL. */
static const struct mta_sentence *
next_candidate(struct candidates *c)
{
	size_t *from = c->exact != 0 && (c->wild == 0 || c->exact < c->wild) ?
	    &c->exact : &c->wild;
	size_t number = *from;

	if (number == 0)
		return NULL;
	*from = chains.next[number - 1];
	return &rows[number - 1];
}

static void
note(struct mta_match *m, char wild, const char *from, size_t n)
{
	const struct captured what = { from, n };

	if (m->n < MTA_ARGUMENTS)
		m->argument[m->n++] = what;
	if (wild == '$')
		m->quoted = what;
	m->foreign |= wild == '%';
}

/* Where the literal words up to the next wild one stand, or NULL. */
static const char *
find(const char *line, const char *words, size_t n)
{
	size_t length = strlen(line);

	return n == 0 ? line + length : memmem(line, length, words, n);
}

/*
 * Matches in one pass: each wildcard takes as little as it can, the last one
 * all.
 */
static bool
matches(const char *says, const char *line, struct mta_match *m)
{
	const char *at;
	size_t n;

	memset(m, 0, sizeof *m);
	for (;;) {
		n = strcspn(says, "*$%");
		if (strncmp(says, line, n) != 0)
			return false;
		says += n;
		line += n;
		if (*says == '\0')
			return *line == '\0';
		n = strcspn(says + 1, "*$%");
		at = find(line, says + 1, n);
		if (at == NULL)
			return false;
		if (says[1 + n] == '\0' && n > 0)
			at = line + strlen(line) - n;
		if (at < line || (at == line && says[1] == '\0' &&
		    says[-1] == ' '))
			return false;
		note(m, *says, line, (size_t)(at - line));
		says++;
		line = at;
	}
}

static bool
is_ip(const struct captured *c)
{
	char text[IP_TEXT];
	struct ip ip;

	if (c->n >= sizeof text)
		return false;
	memcpy(text, c->text, c->n);
	text[c->n] = '\0';
	return ip_parse(text, &ip);
}

static bool
is_routed(const struct session *s)
{
	const char *text = s != NULL && s->rcpt != NULL ?
	    s->rcpt->mailbox.text : NULL;
	const char *at = text != NULL ? strrchr(text, '@') : NULL;

	return at != NULL && strcspn(text, "%!@") < (size_t)(at - text);
}

/* "host a.example said: 452 4.2.2 Mailbox full (in reply to ...)" */
static bool
says_full(const char *quoted)
{
	const char *reply = strstr(quoted, " said: ");

	return reply != NULL && strlen(reply) > 16 &&
	    (strncmp(reply + 11, "4.2.2", 5) == 0 ||
	    strncmp(reply + 11, "5.2.2", 5) == 0);
}

static unsigned
what_is_so(const struct reply *reply, const struct session *s,
    const struct occasion *at, const struct mta_match *m)
{
	unsigned when = reply->code >= 500 ? WHEN_FOR_GOOD : WHEN_FOR_NOW;

	if (m->n > 0 && is_ip(&m->argument[0]))
		when |= WHEN_IP;
	if (m->quoted.text != NULL &&
	    strstr(m->quoted.text, " said: 5") != NULL)
		when |= WHEN_REMOTE_5YZ;
	if (m->quoted.text != NULL && says_full(m->quoted.text))
		when |= WHEN_REMOTE_FULL;
	if (is_routed(s))
		when |= WHEN_ROUTED;
	if (s != NULL && s->client_name == NULL && s->client_ptr == NULL &&
	    s->resolve == RESOLVE_FAIL)
		when |= WHEN_NO_PTR;
	if (s != NULL && s->resolve == RESOLVE_TEMP)
		when |= WHEN_PTR_TEMPFAIL;
	if (at == NULL)
		return when;
	if (at->submission && !at->login && at->known)
		when |= WHEN_NO_LOGIN;
	if (at->stage == STAGE_MAIL)
		when |= WHEN_MAIL;
	if (at->greeted)
		when |= WHEN_GREETED;
	if (at->sendmail || at->author == AUTHOR_MTA)
		when |= WHEN_SENDMAIL;
	if (at->name == NAME_REFUSED)
		when |= WHEN_REFUSED;
	if (at->name == NAME_TEMPFAIL)
		when |= WHEN_NAME_TEMPFAIL | WHEN_PTR_TEMPFAIL;
	return when;
}

const char *
mta_sentence_start(const char *line)
{
	const char *end;

	if (*line != '<')
		return line;
	end = strstr(line, ">: ");
	if (end != NULL)
		return end + 3;
	end = strstr(line, ">... ");
	return end != NULL ? end + 5 : line;
}

bool
mta_sentence_is_one(const char *sentence)
{
	struct candidates c = candidates_of(sentence);
	const struct mta_sentence *row;
	struct mta_match m;

	while ((row = next_candidate(&c)) != NULL)
		if (matches(row->says, sentence, &m))
			return true;
	return false;
}

const struct mta_sentence *
mta_sentence_find(const struct reply *reply, const char *sentence,
    const struct session *s, const struct occasion *at, struct mta_match *m)
{
	struct candidates c = candidates_of(sentence);
	const struct mta_sentence *row;

	while ((row = next_candidate(&c)) != NULL)
		if (matches(row->says, sentence, m) &&
		    (row->when & ~what_is_so(reply, s, at, m)) == 0)
			break;
	return row;
}
