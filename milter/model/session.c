/* session - what the MTA says about one SMTP session */

#include "model/session.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

void
session_init(struct session *s)
{
	memset(s, 0, sizeof *s);
	s->declared_size = -1;
}

static void
forget_recipients(struct session *s)
{
	size_t i;

	for (i = 0; i < s->nrecipients; i++)
		mailbox_clear(&s->recipients[i].mailbox);
	s->nrecipients = s->naccepted = 0;
	s->rcpt = NULL;
}

static void
forget_headers(struct session *s)
{
	size_t i;

	for (i = 0; i < s->nheaders; i++) {
		free(s->headers[i].name);
		free(s->headers[i].raw);
	}
	s->nheaders = s->header_bytes = s->late_bytes = 0;
	s->headers_cut = false;
}

void
session_reset(struct session *s)
{
	mem_replace(&s->login, NULL);
	mem_replace(&s->queue_id, NULL);
	mailbox_clear(&s->sender);
	forget_recipients(s);
	forget_headers(s);
	s->declared_size = -1;
	s->smtputf8 = false;
	s->body_bytes = 0;
}

void
session_free(struct session *s)
{
	session_reset(s);
	free(s->recipients);
	free(s->headers);
	free(s->client_name);
	free(s->client_ptr);
	free(s->server_name);
	free(s->daemon);
	free(s->helo);
	free(s->tls);
	free(s->cipher);
	session_init(s);
}

/* MTAs write "unknown", or the address in brackets, for a missing name. */
static const char *
real_name(const char *name)
{
	return name == NULL || *name == '\0' || *name == '[' ||
	    strcasecmp(name, "unknown") == 0 ? NULL : name;
}

void
session_connect(struct session *s, const char *name, const struct ip *client)
{
	session_free(s);
	mem_replace(&s->client_name, real_name(name));
	if (client != NULL)
		s->client = *client;
}

void
session_client_ptr(struct session *s, const char *name)
{
	mem_replace(&s->client_ptr, real_name(name));
}

void
session_helo(struct session *s, const char *helo)
{
	session_reset(s);
	mem_replace(&s->helo, helo);
}

void
session_copy_greeting(struct session *to, const struct session *from)
{
	session_connect(to, from->client_name, &from->client);
	session_client_ptr(to, from->client_ptr);
	to->local = from->local;
	to->client_port = from->client_port;
	to->resolve = from->resolve;
	to->server = from->server;
	to->server_port = from->server_port;
	mem_replace(&to->server_name, from->server_name);
	mem_replace(&to->daemon, from->daemon);
	session_helo(to, from->helo);
	mem_replace(&to->tls, from->tls);
	mem_replace(&to->cipher, from->cipher);
}

void
session_mail(struct session *s, const char *sender)
{
	session_reset(s);
	mailbox_set(&s->sender, sender);
}

void
session_rcpt(struct session *s, const char *rcpt)
{
	s->recipients = mem_room(s->recipients, s->nrecipients,
	    &s->recipients_cap, sizeof *s->recipients);
	s->rcpt = &s->recipients[s->nrecipients++];
	memset(s->rcpt, 0, sizeof *s->rcpt);
	mailbox_set(&s->rcpt->mailbox, rcpt);
}

void
session_rcpt_accepted(struct session *s)
{
	if (s->rcpt == NULL || s->rcpt->accepted)
		return;
	s->rcpt->accepted = true;
	s->naccepted++;
}

/* Blanks before the colon are none of the name (RFC 5322 section 4.5). */
static size_t
name_length(const char *name)
{
	size_t n = strlen(name);

	while (n > 0 && (name[n - 1] == ' ' || name[n - 1] == '\t'))
		n--;
	return n;
}

/* There may be millions of fields: most differ in their first letter. */
static bool
is_called(const char *name, const char *wanted)
{
	size_t n;

	if (((name[0] ^ wanted[0]) & ~0x20) != 0)
		return false;
	n = strlen(wanted);
	return strncasecmp(name, wanted, n) == 0 && name_length(name) == n;
}

bool
header_is(const struct header *h, const char *name)
{
	return is_called(h->name, name);
}

/* Fields that say who wrote the message, how it is built, what it is: kept
   though there is too much of the header. */
static bool
decides(const char *name)
{
	static const char *const names[] = { "From", "Sender", "Subject",
		"Authentication-Results", "X-Saywhy", "Content-Type",
		"Content-Disposition", "Content-Transfer-Encoding", "Date",
		"List-Unsubscribe", "Auto-Submitted", NULL };
	size_t i;

	for (i = 0; names[i] != NULL; i++)
		if (is_called(name, names[i]))
			return true;
	return false;
}

bool
session_keeps_header(const struct session *s, const char *name)
{
	return !s->headers_cut ||
	    (s->late_bytes < SESSION_HEADER_BYTES && decides(name));
}

/* A field that comes after too many others. One that does not fit is the last
   that was tried. */
static bool
keep_late(struct session *s, const char *name, size_t bytes)
{
	s->headers_cut = true;
	if (!session_keeps_header(s, name))
		return false;
	s->late_bytes += bytes;
	return s->late_bytes <= SESSION_HEADER_BYTES;
}

bool
session_header(struct session *s, const char *name, const char *value)
{
	const size_t blank = *value == ' ';
	/* ": " and CR LF are four. */
	size_t bytes = strlen(name) + strlen(value + blank) + 4;
	struct header *h;

	s->header_bytes += bytes;
	if (s->header_bytes > SESSION_HEADER_BYTES &&
	    !keep_late(s, name, bytes))
		return false;
	s->headers = mem_room(s->headers, s->nheaders, &s->headers_cap,
	    sizeof *s->headers);
	h = &s->headers[s->nheaders++];
	h->name = mem_ndup(name, name_length(name));
	h->raw = mem_dup(value);
	h->value = h->raw + blank;
	return true;
}

void
session_body(struct session *s, size_t bytes)
{
	s->body_bytes += (long long)bytes;
}

const char *
session_find_header(const struct session *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->nheaders; i++)
		if (strcasecmp(s->headers[i].name, name) == 0)
			return s->headers[i].value;
	return NULL;
}

long long
session_size(const struct session *s)
{
	return (long long)s->header_bytes + s->body_bytes;
}
