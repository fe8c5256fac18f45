/* dmarc_note - the author of a message and what DMARC says, worked out once */

#include "auth/dmarc_note.h"

#include "auth/dkim_note.h"
#include "auth/spf_note.h"
#include "model/mailbox.h"
#include "model/scratch.h"
#include "model/session.h"

struct note {
	bool done;
	struct dmarc_note told;
};

static void
clear(void *note)
{
	struct note *n = note;

	author_clear(&n->told.author);
	dmarc_clear(&n->told.dmarc);
}

static const struct scratch_kind kind = { "dmarc", sizeof(struct note),
	SCOPE_MESSAGE, clear };

const struct dmarc_note *
dmarc_note_result(struct scratch *scratch, const struct session *s,
    const struct site *site, int64_t deadline)
{
	struct note *n = scratch_note(scratch, &kind);
	struct dmarc_note *told = &n->told;

	if (n->done)
		return told;
	n->done = true;
	author_of_session(&told->author, s);
	if (told->author.status == AUTHOR_ONE &&
	    mailbox_is_host_name(told->author.domain))
		dmarc_check(told->author.domain,
		    spf_of_sender(scratch, s, site, deadline),
		    dkim_note_result(scratch), deadline, &told->dmarc);
	return told;
}

const struct dmarc_note *
dmarc_note_known(const struct scratch *scratch)
{
	const struct note *n = scratch_find(scratch, &kind);

	return n != NULL && n->done ? &n->told : NULL;
}
