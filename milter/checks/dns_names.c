/* dns_names - the names of a session that lists of names are asked about */

#include "checks/dns_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "model/mailbox.h"

static bool
put_domain(struct buf *out, const char *name)
{
	size_t start = out->len;

	if (name == NULL || *name == '[' || strchr(name, '.') == NULL)
		return false;
	if (!mailbox_put_domain(out, name))
		return false;
	if (mailbox_is_host_name(out->data + start) &&
	    strchr(out->data + start, '.') != NULL)
		return true;
	buf_cut(out, start);
	return false;
}

/* Behind what is quoted or a comment (RFC 5322 section 3.2). */
static const char *
skip(const char *p)
{
	char end = *p == '"' ? '"' : ')';

	for (p++; *p != '\0' && *p != end; p++)
		if (*p == '\\' && p[1] != '\0')
			p++;
	return *p != '\0' ? p + 1 : p;
}

/*
 * The domain of the first mailbox of a field: behind the last @ before what
 * ends it, comments and quoted words passed over.
 */
static bool
put_author(struct buf *out, const char *field)
{
	const char *p = field, *at = NULL;
	char *domain;
	bool good;

	while (p != NULL && *p != '\0') {
		if (*p == '"' || *p == '(') {
			p = skip(p);
			continue;
		}
		if (at != NULL && strchr(">,; \t\r\n", *p) != NULL)
			break;
		if (*p == '@')
			at = p + 1;
		p++;
	}
	if (at == NULL)
		return false;
	domain = mem_ndup(at, (size_t)(p - at));
	good = put_domain(out, domain);
	free(domain);
	return good;
}

bool
dns_names_put(struct buf *out, const struct session *s,
    enum dns_match match)
{
	switch (match) {
	case DNS_MATCH_CLIENT:
		return put_domain(out, s->client_name);
	case DNS_MATCH_HELO:
		return put_domain(out, s->helo);
	case DNS_MATCH_SENDER:
		return put_domain(out, s->sender.domain);
	case DNS_MATCH_FROM:
		return put_author(out, session_find_header(s, "From"));
	case DNS_MATCH_REPLY_TO:
		return put_author(out, session_find_header(s, "Reply-To"));
	}
	return false;
}

unsigned
dns_names_at(enum stage stage)
{
	switch (stage) {
	case STAGE_CONNECT:
		return DNS_MATCH_CLIENT;
	case STAGE_HELO:
		return DNS_MATCH_HELO;
	case STAGE_MAIL:
		return DNS_MATCH_SENDER;
	case STAGE_RCPT:
		return DNS_MATCH_CLIENT | DNS_MATCH_HELO | DNS_MATCH_SENDER;
	case STAGE_HEADERS:
		return DNS_MATCH_FROM | DNS_MATCH_REPLY_TO;
	case STAGE_DATA:
	case STAGE_MESSAGE:
		break;
	}
	return 0;
}
