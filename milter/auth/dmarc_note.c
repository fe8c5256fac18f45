/* dmarc_note - the author of a message and what DMARC says, worked out once */

#include "auth/dmarc_note.h"

#include "auth/dkim_note.h"
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
	if (reported->author.status == AUTHOR_ONE &&
	    mailbox_is_host_name(reported->author.domain))
		dmarc_check(reported->author.domain,
		    spf_of_sender(slots, s, site, deadline),
		    dkim_note_result(slots), deadline, &reported->dmarc);
	return reported;
}

const struct dmarc_note *
dmarc_note_known(const struct slots *slots)
{
	const struct note *n = slots_find(slots, &kind);

	return n != NULL && n->done ? &n->reported : NULL;
}
