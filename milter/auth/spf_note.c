/* spf_note - the SPF results of a session, each evaluated once */

#include "auth/spf_note.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "dns/dns.h"
#include "model/mailbox.h"
#include "model/session.h"
#include "model/site.h"
#include "model/slots.h"

struct note {
	bool done;
	bool checked;	/* there was something to ask about */
	struct spf spf;
};

static void
clear(void *note)
{
	struct note *n = note;

	spf_clear(&n->spf);
}

static const struct slot_kind of_sender = { "spf of the sender",
	sizeof(struct note), SCOPE_MESSAGE, clear };
static const struct slot_kind of_helo = { "spf of HELO",
	sizeof(struct note), SCOPE_GREETING, clear };

static void
ask(struct note *n, const struct session *s, const struct site *site,
    const char *local, const char *domain, int64_t deadline)
{
	const struct spf_query q = { .engine = (enum spf_engine)
		site->spf_engine, .client = s->client, .helo = s->helo,
		.local = local, .domain = domain, .receiver = site->name,
		.explain = site->spf_explanation, .deadline = deadline };

	n->done = true;
	n->checked = domain != NULL && s->client.known && site->spf;
	if (n->checked)
		spf_check(&q, &n->spf);
}

const struct spf *
spf_of_helo(struct slots *slots, const struct session *s,
    const struct site *site, int64_t deadline)
{
	struct note *n = slots_get(slots, &of_helo);
	struct buf domain = BUF_INIT;

	if (!n->done) {
		if (s->helo == NULL || !mailbox_put_domain(&domain, s->helo))
			ask(n, s, site, NULL, NULL, deadline);
		else
			ask(n, s, site, NULL, domain.data, deadline);
		buf_free(&domain);
	}
	return n->checked ? &n->spf : NULL;
}

const struct spf *
spf_of_sender(struct slots *slots, const struct session *s,
    const struct site *site, int64_t deadline)
{
	struct note *n;

	if (s->sender.null)
		return spf_of_helo(slots, s, site, deadline);
	n = slots_get(slots, &of_sender);
	if (!n->done) {
		/*
		 * Both results will be needed, so their queries are sent at the
		 * same time.
		 */
		if (s->helo != NULL)
			dns_prefetch(DNS_TXT, s->helo);
		ask(n, s, site, s->sender.local, s->sender.domain, deadline);
	}
	return n->checked ? &n->spf : NULL;
}

const struct spf *
spf_known_of_sender(const struct slots *slots, const struct session *s)
{
	const struct note *n = slots_find(slots, s->sender.null ?
	    &of_helo : &of_sender);

	return n != NULL && n->checked ? &n->spf : NULL;
}
