/* report_row - one record, as the lists of a report look at it */

#include "records/report_row.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "records/db.h"

static bool
is(const char *text, const char *word)
{
	return text != NULL && strcmp(text, word) == 0;
}

void
report_record_read(struct report_record *r, struct query *q)
{
	const char **const texts[] = { &r->id, &r->outcome, &r->reason,
		&r->who, &r->issuer, &r->direction, &r->source, &r->login,
		&r->name, &r->sender_domain };
	const int first = 2, last = first +
	    (int)(sizeof texts / sizeof texts[0]);
	size_t n;
	int i;

	r->n = query_column_int(q, 0);
	r->time = query_column_int(q, 1);
	for (i = first; i < last; i++)
		*texts[i - first] = query_column(q, i);
	r->client = query_column_bytes(q, last, &n);
	if (n != 16)
		r->client = NULL;
	r->later = query_column(q, last + 1) != NULL;
	r->count = query_column_int(q, last + 2);
	r->refused = is(r->outcome, "reject") || is(r->outcome, "tempfail") ||
	    is(r->outcome, "bounced") || is(r->outcome, "deferred");
}

static bool
text(struct report_key *key, const char *text)
{
	key->bytes = text;
	key->n = text != NULL ? strlen(text) : 0;
	return text != NULL;
}

static const char *
reason_of(const struct report_record *r)
{
	return r->reason != NULL ? r->reason : "not recognised";
}

bool
report_by_outcome(const struct report_record *r, struct report_key *key)
{
	return text(key, r->outcome);
}

bool
report_by_reason(const struct report_record *r, struct report_key *key)
{
	return r->refused && text(key, reason_of(r));
}

bool
report_by_who(const struct report_record *r, struct report_key *key)
{
	return r->refused && text(key, r->who != NULL ? r->who : "unknown");
}

bool
report_by_issuer(const struct report_record *r, struct report_key *key)
{
	return r->refused && text(key, r->issuer);
}

bool
report_by_observed(const struct report_record *r, struct report_key *key)
{
	return is(r->outcome, "observed") && text(key, r->reason);
}

bool
report_by_later(const struct report_record *r, struct report_key *key)
{
	return r->later && is(r->outcome, "reject") && text(key, reason_of(r));
}

bool
report_by_login(const struct report_record *r, struct report_key *key)
{
	return r->refused && text(key, r->login);
}

/*
 * Names of providers that are large enough to be listed; below them are hosts.
 */
#define PROVIDER(name) { name, sizeof name - 1 }

static const struct {
	const char *name;
	size_t n;
} providers[] = {
	PROVIDER("google.com"), PROVIDER("outlook.com"), PROVIDER("yahoo.com"),
	PROVIDER("icloud.com"), PROVIDER("apple.com"), PROVIDER("gmx.net"),
	PROVIDER("web.de"), PROVIDER("t-online.de"),
	PROVIDER("amazonses.com"), PROVIDER("sendgrid.net"),
	PROVIDER("mailgun.net"), PROVIDER("mcsv.net"), PROVIDER("proton.ch"),
	PROVIDER("fastmail.com"), PROVIDER("messagelabs.com"),
	PROVIDER("pphosted.com"), PROVIDER("mimecast.com") };

static const char *
provider_of(const char *name)
{
	size_t i, n = strlen(name), m;

	for (i = 0; i < sizeof providers / sizeof providers[0]; i++) {
		m = providers[i].n;
		if (n > m && name[n - m - 1] == '.' &&
		    strcasecmp(name + n - m, providers[i].name) == 0)
			return providers[i].name;
	}
	return NULL;
}

bool
report_by_provider(const struct report_record *r, struct report_key *key)
{
	const char *provider;

	if (!r->refused || r->name == NULL || !is(r->issuer, "saywhy") ||
	    r->direction == NULL || is(r->direction, "out"))
		return false;
	provider = provider_of(r->name);
	if (provider == NULL)
		return false;
	snprintf(key->text, sizeof key->text, "%s: %s", provider,
	    reason_of(r));
	return text(key, key->text);
}

bool
report_by_blind(const struct report_record *r, struct report_key *key)
{
	return is(r->source, "log") && r->direction != NULL &&
	    !is(r->direction, "out") && text(key, reason_of(r));
}

bool
report_by_outgoing(const struct report_record *r, struct report_key *key)
{
	return is(r->direction, "out") && text(key, reason_of(r));
}

bool
report_by_client(const struct report_record *r, struct report_key *key)
{
	key->bytes = r->client;
	key->n = 16;
	return r->refused && r->client != NULL;
}

bool
report_by_sender(const struct report_record *r, struct report_key *key)
{
	return r->refused && text(key, r->sender_domain);
}
