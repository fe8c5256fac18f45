/* dkim_note - the signatures of a session's message, verified once */

#include "auth/dkim_note.h"

#include "model/session.h"
#include "model/site.h"
#include "model/slots.h"

struct note {
	struct dkim_check *check;
	long long fed;		/* bytes of the body */
	const struct dkim_result *result;
};

static void
clear(void *note)
{
	struct note *n = note;

	dkim_check_free(n->check);
}

static const struct slot_kind kind = { "dkim", sizeof(struct note),
	SCOPE_MESSAGE, clear };

static const struct dkim_result too_large = {
	.failure = "the header is too large" };

void
dkim_note_headers(struct slots *slots, const struct session *s,
    const struct site *site, int64_t deadline)
{
	struct note *n = slots_get(slots, &kind);
	size_t i;

	if (n->check != NULL || n->result != NULL)
		return;
	if (s->headers_cut) {
		n->result = &too_large;
		return;
	}
	n->check = dkim_check_new((enum dkim_engine)site->dkim_engine);
	for (i = 0; i < s->nheaders; i++)
		dkim_check_header(n->check, s->headers[i].name,
		    s->headers[i].raw);
	dkim_check_end_of_header(n->check, deadline);
}

void
dkim_note_body(struct slots *slots, const struct session *s,
    const char *bytes, size_t n)
{
	struct note *note = slots_find(slots, &kind);

	if (note == NULL || note->check == NULL ||
	    note->fed == s->body_bytes)
		return;
	note->fed = s->body_bytes;
	dkim_check_body(note->check, bytes, n);
}

const struct dkim_result *
dkim_note_result(struct slots *slots)
{
	struct note *n = slots_find(slots, &kind);

	if (n != NULL && n->result == NULL && n->check != NULL)
		n->result = dkim_check_end(n->check);
	return n != NULL ? n->result : NULL;
}

const struct dkim_result *
dkim_note_known(const struct slots *slots)
{
	const struct note *n = slots_find(slots, &kind);

	return n != NULL ? n->result : NULL;
}
