/* dns_names - the names of a session that are queried in lists of names */

#include "checks/dns_names.h"

#include <string.h>

#include "auth/author.h"
#include "base/buf.h"
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

/* A field with mailboxes of several domains, or of none, says no name. */
static bool
put_author(struct buf *out, const char *field)
{
	struct author a;
	bool good;

	if (field == NULL)
		return false;
	author_of_text(&a, field);
	good = a.status == AUTHOR_ONE && put_domain(out, a.domain);
	author_clear(&a);
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
