/* dmarc_note - the author of a message and what DMARC says, worked out once */

#include "auth/dmarc_note.h"

#include "auth/dkim_note.h"
#include "auth/dmarc_walk.h"
#include "auth/spf_note.h"
#include "model/mailbox.h"
#include "model/session.h"
#include "model/slots.h"

struct note {
	bool done;
	struct dmarc_note reported;
};

static void
clear(void *note)
{
	struct note *n = note;

	author_clear(&n->reported.author);
	dmarc_clear(&n->reported.dmarc);
}

static const struct slot_kind kind = { "dmarc", sizeof(struct note),
	SCOPE_MESSAGE, clear };

/* How severe a result is: what the domain's owner asks for. */
static int
severity(const struct dmarc *d)
{
	switch (d->result) {
	case DMARC_RESULT_PASS:
		return 0;
	case DMARC_RESULT_NONE:
		return 1;
	case DMARC_RESULT_TEMPERROR:
		return 3;
	case DMARC_RESULT_FAIL:
		break;
	}
	return d->policy == DMARC_NONE ? 2 : 3 + (int)d->policy;
}

/*
 * Of several domains one may be a stranger's whose DNS is silent until the
 * deadline: that must not keep the others from being asked.
 */
static void
prefetch(const struct author *a)
{
	size_t i;

	for (i = 0; a->ndomains > 1 && i < a->ndomains; i++)
		if (mailbox_is_host_name(a->domains[i]))
			dmarc_walk_prefetch(a->domains[i]);
}

/*
 * Evaluates each domain that may be the author's; the strictest result counts.
 */
static void
judge(struct dmarc_note *n, struct slots *slots, const struct session *s,
    const struct site *site, int64_t deadline)
{
	struct dmarc one;
	size_t i;

	prefetch(&n->author);
	for (i = 0; i < n->author.ndomains; i++) {
		if (!mailbox_is_host_name(n->author.domains[i]))
			continue;
		dmarc_check(n->author.domains[i],
		    spf_of_sender(slots, s, site, deadline),
		    dkim_note_result(slots), deadline, &one);
		if (n->domain != NULL && severity(&one) <=
		    severity(&n->dmarc)) {
			dmarc_clear(&one);
			continue;
		}
		dmarc_clear(&n->dmarc);
		n->dmarc = one;
		n->domain = n->author.domains[i];
	}
}

const struct dmarc_note *
dmarc_note_result(struct slots *slots, const struct session *s,
    const struct site *site, int64_t deadline)
{
	struct note *n = slots_get(slots, &kind);
	struct dmarc_note *reported = &n->reported;

	if (n->done)
		return reported;
	n->done = true;
	author_of_session(&reported->author, s);
	judge(reported, slots, s, site, deadline);
	return reported;
}

const struct dmarc_note *
dmarc_note_known(const struct slots *slots)
{
	const struct note *n = slots_find(slots, &kind);

	return n != NULL && n->done ? &n->reported : NULL;
}
