/* policy_service_postfix - what Postfix asks a policy service */

#include "doors/policy_service_postfix.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/net.h"
#include "doors/server.h"

size_t
policy_postfix_length(const char *in, size_t n)
{
	const char *end = n < 2 ? NULL : memmem(in, n, "\n\n", 2);
	size_t length = end != NULL ? (size_t)(end - in) + 2 : n;

	if (n > 0 && *in == '\n')
		return SERVER_CLOSE;
	if (length > POLICY_POSTFIX_MAX || memchr(in, '\0', length) != NULL)
		return SERVER_CLOSE;
	return end != NULL ? length : 0;
}

/* The value of an attribute, its length in *length; NULL: not there. */
static const char *
find(const char *in, size_t n, const char *name, size_t *length)
{
	const char *line = in, *end = in + n, *stop;
	size_t name_n = strlen(name);

	for (; line < end; line = stop + 1) {
		stop = memchr(line, '\n', (size_t)(end - line));
		if (stop == NULL)
			return NULL;
		if ((size_t)(stop - line) > name_n && line[name_n] == '=' &&
		    memcmp(line, name, name_n) == 0) {
			*length = (size_t)(stop - line) - name_n - 1;
			return line + name_n + 1;
		}
	}
	return NULL;
}

/* A copy for the caller to free; NULL: absent, or empty. */
static char *
value_of(const char *in, size_t n, const char *name)
{
	size_t length;
	const char *value = find(in, n, name, &length);

	return value != NULL && length > 0 ? mem_ndup(value, length) : NULL;
}

static unsigned
port_of(const char *in, size_t n, const char *name)
{
	char *value = value_of(in, n, name);
	unsigned long port = value != NULL ? strtoul(value, NULL, 10) : 0;

	free(value);
	return port <= 65535 ? (unsigned)port : 0;
}

static struct ip
ip_of(const char *in, size_t n, const char *name)
{
	char *value = value_of(in, n, name);
	struct ip ip = { .known = false };

	if (value != NULL && !ip_parse(value, &ip))
		ip.known = false;
	free(value);
	return ip;
}

static void
tell_connection(const char *in, size_t n, struct session *s)
{
	struct ip client = ip_of(in, n, "client_address");
	char *name = value_of(in, n, "client_name");
	char *ptr = value_of(in, n, "reverse_client_name");

	session_connect(s, name, &client);
	session_client_ptr(s, ptr);
	s->client_port = port_of(in, n, "client_port");
	s->server = ip_of(in, n, "server_address");
	s->server_port = port_of(in, n, "server_port");
	free(name);
	free(ptr);
}

static void
tell_message(const char *in, size_t n, struct session *s)
{
	char *sender = value_of(in, n, "sender");
	char *rcpt = value_of(in, n, "recipient");
	char *size = value_of(in, n, "size");

	session_mail(s, sender);
	s->login = value_of(in, n, "sasl_username");
	s->queue_id = value_of(in, n, "queue_id");
	if (size != NULL)
		s->declared_size = strtoll(size, NULL, 10);
	if (rcpt != NULL)
		session_rcpt(s, rcpt);
	free(sender);
	free(rcpt);
	free(size);
}

void
policy_postfix_session(const char *in, size_t n, struct session *s)
{
	char *helo = value_of(in, n, "helo_name");

	tell_connection(in, n, s);
	session_helo(s, helo);
	s->tls = value_of(in, n, "encryption_protocol");
	s->cipher = value_of(in, n, "encryption_cipher");
	tell_message(in, n, s);
	free(helo);
}

static bool
says(const char *in, size_t n, const char *name, const char *word)
{
	size_t length;
	const char *value = find(in, n, name, &length);

	return value != NULL && length == strlen(word) &&
	    memcmp(value, word, length) == 0;
}

bool
policy_postfix_is_rcpt(const char *in, size_t n)
{
	size_t length = 0;

	return says(in, n, "request", "smtpd_access_policy") &&
	    says(in, n, "protocol_state", "RCPT") &&
	    find(in, n, "recipient", &length) != NULL &&
	    length > 0;
}

bool
policy_postfix_is_all(const char *in, size_t n)
{
	return says(in, n, "policy_context", "all");
}

enum about
policy_postfix_about(const char *in, size_t n)
{
	size_t length;
	const char *context = find(in, n, "policy_context", &length);

	return context != NULL ? about_by_name(context, length) : ABOUT_ANY;
}
