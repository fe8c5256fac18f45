/* site - the settings of this mail server */

#include "model/site.h"

#include <string.h>
#include <strings.h>

#include "model/mailbox.h"
#include "model/session.h"

bool
site_is_submission(const struct site *site, const struct session *s)
{
	if (s->server_port != 0 &&
	    option_ints_has(&site->submission_ports, s->server_port))
		return true;
	return s->daemon != NULL && strset_find(&site->submission_daemons,
	    s->daemon, strlen(s->daemon)) != NULL;
}

bool
site_is_this_host(const struct site *site, const char *domain)
{
	return strcasecmp(domain, site->name) == 0 ||
	    strcasecmp(domain, "localhost") == 0 ||
	    strncasecmp(domain, "localhost.", 10) == 0;
}

bool
site_trusts(const struct site *site, const struct session *s)
{
	return s->login != NULL ||
	    netset_find(&site->networks, &s->client) != NULL;
}

bool
site_relays(const struct site *site, const struct session *s)
{
	const struct login *login = s->login != NULL ?
	    logins_find(&site->logins, s->login) : NULL;

	return (s->login != NULL && (login == NULL || login->relay)) ||
	    netset_find(&site->networks, &s->client) != NULL;
}

/* The contact is an ASCII address with a domain. */
static bool
is_contact(const struct site *site, const struct mailbox *m)
{
	const char *at;
	size_t n;

	if (site->contact == NULL || m->domain == NULL)
		return false;
	at = strrchr(site->contact, '@');
	n = (size_t)(at - site->contact);
	return strlen(m->local) == n &&
	    strncasecmp(m->local, site->contact, n) == 0 &&
	    strcasecmp(m->domain, at + 1) == 0;
}

bool
site_is_postmaster(const struct site *site, const struct mailbox *rcpt)
{
	if (rcpt->local == NULL)
		return false;
	if (is_contact(site, rcpt))
		return true;
	if (strcasecmp(rcpt->local, "postmaster") != 0 &&
	    strcasecmp(rcpt->local, "abuse") != 0)
		return false;
	return rcpt->domain == NULL || mailset_is_empty(&site->domains) ||
	    mailset_find_name(&site->domains, rcpt->domain) != NULL;
}
