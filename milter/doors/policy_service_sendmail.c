/* policy_service_sendmail - Sendmail's question about a recipient (socketmap) */

#include "doors/policy_service_sendmail.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"
#include "doors/milter_escape.h"
#include "model/session.h"
#include "words/reply.h"

enum part { ADDRESS, NAME, PORT, LOGIN, HELO, SENDER, RCPT, PARTS };

/* One line of Sendmail's map class "socket": 250 pass, 256 fail. */
#define TEXT_MAX 220	/* and quotes, code and status */

/* False: not PARTS of them. The parts are the caller's to free. */
static bool
split(const char *key, size_t n, char *part[PARTS])
{
	const char *end = key + n, *caret;
	size_t i;

	for (i = 0; i < PARTS; i++) {
		caret = memchr(key, '^', (size_t)(end - key));
		if ((caret == NULL) != (i == PARTS - 1))
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
	return *part[i] != '\0' ? part[i] : NULL;
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
tell(char *const part[PARTS], struct session *s)
{
	struct ip client = ip_of(part[ADDRESS]);
	unsigned long port = strtoul(part[PORT], NULL, 10);

	session_connect(s, known(part, NAME), &client);
	s->server_port = port <= 65535 ? (unsigned)port : 0;
	s->local = !client.known;
	session_helo(s, known(part, HELO));
	session_mail(s, part[SENDER]);
	mem_replace(&s->login, known(part, LOGIN));
	session_rcpt(s, part[RCPT]);
}

bool
policy_sendmail_session(const char *key, size_t n, struct session *s)
{
	char *part[PARTS] = { NULL };
	bool good = memchr(key, '\0', n) == NULL && split(key, n, part);
	size_t i;

	if (good)
		tell(part, s);
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
