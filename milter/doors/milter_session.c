/* milter_session - what an MTA says by macros and arguments, as a session */

#include "doors/milter_session.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/net.h"

static const char *const macros[STAGE_COUNT] = {
	[STAGE_CONNECT] = "j {daemon_name} {daemon_addr} {daemon_port} "
	    "{if_addr} {client_ptr} {client_resolve}",
	[STAGE_HELO] = "{tls_version} {cipher}",
	[STAGE_MAIL] = "i {auth_authen} {tls_version} {cipher}",
	[STAGE_RCPT] = "i {rcpt_mailer} {rcpt_host} {rcpt_addr}",
	[STAGE_DATA] = "i",
	[STAGE_MESSAGE] = "i",
};

const char *
milter_session_macros(enum stage stage)
{
	return macros[stage];
}

static unsigned
port_of(const struct sockaddr *addr)
{
	const struct sockaddr_in *v4 = (const void *)addr;
	const struct sockaddr_in6 *v6 = (const void *)addr;

	if (addr->sa_family == AF_INET)
		return ntohs(v4->sin_port);
	return addr->sa_family == AF_INET6 ? ntohs(v6->sin6_port) : 0;
}

static unsigned
port_number(const char *text)
{
	unsigned long port = text != NULL ? strtoul(text, NULL, 10) : 0;

	return port <= 65535 ? (unsigned)port : 0;
}

static enum resolve
resolve_of(const char *text)
{
	static const char *const words[] = { "", "OK", "FAIL", "FORGED",
		"TEMP" };
	size_t i;

	for (i = 1; text != NULL && i < sizeof words / sizeof words[0]; i++)
		if (strcmp(text, words[i]) == 0)
			return (enum resolve)i;
	return RESOLVE_UNKNOWN;
}

/* Ours: where the client came to. An address to listen on may be any. */
static struct ip
server_address(milter_macro *macro, void *from)
{
	static const char *const names[] = { "{if_addr}", "{daemon_addr}" };
	const char *text;
	struct ip ip;
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		text = macro(from, names[i]);
		if (text != NULL && strcmp(text, "0.0.0.0") != 0 &&
		    strcmp(text, "::") != 0 && ip_parse(text, &ip))
			return ip;
	}
	return (struct ip){ .known = false };
}

void
milter_session_connect(struct session *s, const char *host,
    const struct sockaddr *addr, milter_macro *macro, void *from)
{
	struct ip client = ip_from_sockaddr(addr);

	session_connect(s, host, &client);
	s->client_port = addr != NULL ? port_of(addr) : 0;
	session_client_ptr(s, macro(from, "{client_ptr}"));
	s->resolve = resolve_of(macro(from, "{client_resolve}"));
	s->server = server_address(macro, from);
	s->server_port = port_number(macro(from, "{daemon_port}"));
	/* Mail of sendmail(1): cleanup(8) says 127.0.0.1, and 0 for both. */
	s->local = addr == NULL || !client.known ||
	    (s->client_port == 0 && s->server_port == 0);
	mem_replace(&s->server_name, macro(from, "j"));
	mem_replace(&s->daemon, macro(from, "{daemon_name}"));
}

static void
read_tls(struct session *s, milter_macro *macro, void *from)
{
	mem_replace(&s->tls, macro(from, "{tls_version}"));
	mem_replace(&s->cipher, macro(from, "{cipher}"));
}

void
milter_session_helo(struct session *s, const char *helo, milter_macro *macro,
    void *from)
{
	session_helo(s, helo);
	read_tls(s, macro, from);
}

/* RFC 1870 section 3: digits and nothing else. */
static long long
size_of(const char *text)
{
	return *text == '\0' || text[strspn(text, "0123456789")] != '\0' ? -1 :
	    strtoll(text, NULL, 10);
}

static void
read_parameter(struct session *s, const char *word)
{
	if (strncasecmp(word, "SIZE=", 5) == 0)
		s->declared_size = size_of(word + 5);
	else if (strcasecmp(word, "SMTPUTF8") == 0)
		s->smtputf8 = true;
}

void
milter_session_mail(struct session *s, char **args, milter_macro *macro,
    void *from)
{
	session_mail(s, args[0]);
	while (args[0] != NULL && *++args != NULL)
		read_parameter(s, *args);
	mem_replace(&s->login, macro(from, "{auth_authen}"));
	read_tls(s, macro, from);
	milter_session_queue_id(s, macro, from);
}

void
milter_session_queue_id(struct session *s, milter_macro *macro, void *from)
{
	const char *id = macro(from, "i");

	if (id != NULL)
		mem_replace(&s->queue_id, id);
}

static bool
is_rcpt(const struct session *s, const char *text)
{
	const struct mailbox *m = &s->rcpt->mailbox;

	return strcmp(text, m->text) == 0 ||
	    (m->local != NULL && strcmp(text, m->local) == 0);
}

const char *
milter_session_refusal(const struct session *s, milter_macro *macro,
    void *from)
{
	const char *text = macro(from, "{rcpt_addr}");

	return text == NULL || s->rcpt == NULL || !is_rcpt(s, text) ? text :
	    NULL;
}
