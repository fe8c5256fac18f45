/* engine_names - what DNS says of the name that a refusal is about */

#include "engine/engine_names.h"

#include <string.h>

#include "base/buf.h"
#include "dns/dns.h"
#include "engine/engine_sentence.h"
#include "lists/dnslist_answers.h"
#include "model/session.h"
#include "words/reply.h"

static enum occasion_name
existence(const struct dns_answer *answer)
{
	switch (answer->status) {
	case DNS_FOUND:
		return NAME_EXISTS;
	case DNS_NONE:
		return NAME_NONE;
	case DNS_TEMPFAIL:
		break;
	}
	return NAME_TEMPFAIL;
}

/* One record of any type is enough; NAME_NONE only if there is none of all. */
static enum occasion_name
lookup(const char *name, const enum dns_type *types, size_t n,
    int64_t deadline)
{
	struct dns_question q[3];
	enum occasion_name found = NAME_NONE, one;
	size_t i;

	for (i = 0; i < n; i++)
		q[i] = (struct dns_question){ .type = types[i], .name = name };
	dns_ask(q, n, deadline);
	for (i = 0; i < n && found != NAME_EXISTS; i++) {
		one = existence(q[i].answer);
		if (one != NAME_NONE)
			found = one;
	}
	dns_forget(q, n);
	return found;
}

static enum occasion_name
lookup_domain(const char *domain, int64_t deadline)
{
	static const enum dns_type types[] = { DNS_MX, DNS_A, DNS_AAAA };

	return domain == NULL ? NAME_UNASKED :
	    lookup(domain, types, 3, deadline);
}

static enum occasion_name
lookup_client(const struct session *s, int64_t deadline)
{
	static const enum dns_type types[] = { DNS_PTR };
	struct buf name = BUF_INIT;
	enum occasion_name found;

	if (!s->client.known)
		return NAME_UNASKED;
	dns_put_reverse(&name, &s->client, NULL);
	found = lookup(name.data, types, 1, deadline);
	buf_free(&name);
	return found;
}

/* "Client host [192.0.2.7] blocked using ZONE; …": does it answer at all? */
static enum occasion_name
lookup_list(const struct session *s, const char *zone, int64_t deadline)
{
	struct dns_question q = { .type = DNS_A };
	struct buf name = BUF_INIT, list = BUF_INIT;
	enum occasion_name found = NAME_UNASKED;

	if (!s->client.known)
		return NAME_UNASKED;
	buf_put(&list, zone, strcspn(zone, "; "));
	dns_put_reverse(&name, &s->client, list.data != NULL ? list.data : "");
	q.name = name.data;
	dns_ask(&q, 1, deadline);
	if (q.answer->status == DNS_FOUND &&
	    dnslist_is_refusal(&q.answer->v[0].ip))
		found = NAME_REFUSED;
	dns_forget(&q, 1);
	buf_free(&list);
	buf_free(&name);
	return found;
}

static bool
tells_of_names(const char *text)
{
	static const char *const words[] = { "not found", "cannot find your",
		"does not exist", "does not resolve" };
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strstr(text, words[i]) != NULL)
			return true;
	return false;
}

enum occasion_name
engine_lookup(const struct reply *reply, const struct session *s,
    int64_t deadline)
{
	static const char list[] = "Client host [", by[] = "] blocked using ";
	struct sentence sentence;
	const char *zone;

	if (reply->n > 0 && strstr(reply->lines[0], list) != NULL &&
	    (zone = strstr(reply->lines[0], by)) != NULL)
		return lookup_list(s, zone + strlen(by), deadline);
	if (reply->n == 0 || !tells_of_names(reply->lines[0]))
		return NAME_UNASKED;
	sentence_read(reply, &sentence);
	switch (sentence.about) {
	case NAMES_SENDER:
		return lookup_domain(s->sender.domain, deadline);
	case NAMES_RCPT:
		return s->rcpt == NULL ? NAME_UNASKED :
		    lookup_domain(s->rcpt->mailbox.domain, deadline);
	case NAMES_HELO:
		return lookup_domain(s->helo, deadline);
	case NAMES_CLIENT:
		return lookup_client(s, deadline);
	case NAMES_NOTHING:
		break;
	}
	return NAME_UNASKED;
}
