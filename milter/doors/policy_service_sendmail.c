/*
 * policy_service_sendmail - what Sendmail's rulesets ask (socketmap)
 */

#include "doors/policy_service_sendmail.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"
#include "doors/milter_escape.h"
#include "model/session.h"
#include "words/reply.h"

enum part { ADDRESS, NAME, PORT, LOGIN, HELO, SENDER, RCPT, PARTS,
	SIZE = RCPT };	/* of check_mail, where it is given */

/* Maps are named after the rulesets that query them. */
static const struct {
	const char *name;
	enum stage stage;
	size_t parts;		/* so many of those above, in this order */
} maps[] = {
	{ "check_relay", STAGE_CONNECT, PORT + 1 },
	{ "check_mail", STAGE_MAIL, SENDER + 1 },
	{ "check_rcpt", STAGE_RCPT, RCPT + 1 },
};

/* One line of Sendmail's map class "socket": 250 pass, 256 fail. */
#define TEXT_MAX 220	/* and quotes, code and status */

/* False: not so many of them. The parts are the caller's to free. */
static bool
split(const char *key, size_t n, char *part[PARTS], size_t parts)
{
	const char *end = key + n, *caret;
	size_t i;

	for (i = 0; i < parts; i++) {
		caret = memchr(key, '^', (size_t)(end - key));
		if ((caret == NULL) != (i == parts - 1))
			return false;
		if (caret == NULL)
			caret = end;
		part[i] = mem_ndup(key, (size_t)(caret - key));
		key = caret + 1;
	}
	return true;
}

/* NULL for what is not known. */
static const char *
known(char *const part[PARTS], enum part i)
{
	return part[i] != NULL && *part[i] != '\0' ? part[i] : NULL;
}

/* Sendmail writes "IPv6:2001:db8::7". */
static struct ip
ip_of(const char *text)
{
	struct ip ip = { .known = false };

	if (strncasecmp(text, "IPv6:", 5) == 0)
		text += 5;
	if (!ip_parse(text, &ip))
		ip.known = false;
	return ip;
}

static void
tell(char *const part[PARTS], enum stage stage, struct session *s)
{
	struct ip client = ip_of(part[ADDRESS]);
	unsigned long port = strtoul(part[PORT], NULL, 10);

	session_connect(s, known(part, NAME), &client);
	s->server_port = port <= 65535 ? (unsigned)port : 0;
	s->local = !client.known;
	if (part[SENDER] == NULL)
		return;
	session_helo(s, known(part, HELO));
	session_mail(s, part[SENDER]);
	mem_replace(&s->login, known(part, LOGIN));
	if (stage == STAGE_MAIL && known(part, SIZE) != NULL)
		s->declared_size = strtoll(part[SIZE], NULL, 10);
	else if (stage == STAGE_RCPT)
		session_rcpt(s, part[RCPT]);
}

bool
policy_sendmail_stage(const char *map, size_t n, enum stage *stage)
{
	size_t i;

	for (i = 0; i < sizeof maps / sizeof maps[0]; i++)
		if (strlen(maps[i].name) == n &&
		    memcmp(maps[i].name, map, n) == 0) {
			*stage = maps[i].stage;
			return true;
		}
	return false;
}

static size_t
parts_of(enum stage stage)
{
	size_t i = 0;

	while (maps[i].stage != stage)
		i++;
	return maps[i].parts;
}

/* Nothing but digits, as RFC 1870 has a size; or nothing. */
static bool
is_number(const char *text)
{
	return text[strspn(text, "0123456789")] == '\0';
}

/* One part more than a key of check_mail needs: the size comes, too. */
static bool
is_sized(const char *key, size_t n, enum stage stage)
{
	size_t carets = 0, i;

	for (i = 0; i < n; i++)
		carets += key[i] == '^';
	return stage == STAGE_MAIL && carets == parts_of(stage);
}

bool
policy_sendmail_session(const char *key, size_t n, enum stage stage,
    struct session *s)
{
	char *part[PARTS] = { NULL };
	bool sized = is_sized(key, n, stage);
	bool good = memchr(key, '\0', n) == NULL &&
	    split(key, n, part, parts_of(stage) + sized) &&
	    (!sized || is_number(part[SIZE]));
	size_t i;

	if (good)
		tell(part, stage, s);
	for (i = 0; i < PARTS; i++)
		free(part[i]);
	return good;
}

/* A map's value may hold "%0", which Sendmail replaces by the whole key. */
void
policy_sendmail_put(const struct reply *reply, struct buf *out)
{
	char *text = milter_escape(reply->lines[0]);
	size_t n = strnlen(text, TEXT_MAX), pairs = n, i;

	while (pairs > 0 && text[pairs - 1] == '%')
		pairs--;
	n -= (n - pairs) % 2;
	buf_printf(out, "\"%d %s ", reply->code, reply->status);
	for (i = 0; i < n; i++)
		buf_putc(out, text[i] == '"' || text[i] == '\\' ? '\'' :
		    text[i]);
	buf_putc(out, '"');
	free(text);
}
