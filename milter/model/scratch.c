/* scratch - what is worked out about a session and kept between its events */

#include "model/scratch.h"

#include <stdlib.h>

#include "base/mem.h"

struct scratch_note {
	struct scratch_note *next;
	const struct scratch_kind *kind;
	void *note;
};

void *
scratch_find(const struct scratch *s, const struct scratch_kind *kind)
{
	const struct scratch_note *n;

	for (n = s->first; n != NULL; n = n->next)
		if (n->kind == kind)
			return n->note;
	return NULL;
}

void *
scratch_note(struct scratch *s, const struct scratch_kind *kind)
{
	void *note = scratch_find(s, kind);
	struct scratch_note *n;

	if (note != NULL)
		return note;
	n = mem_alloc(sizeof *n);
	n->kind = kind;
	n->note = mem_alloc(kind->size);
	n->next = s->first;
	s->first = n;
	return n->note;
}

/* Forgets what lives no longer than `scope`. */
static void
forget(struct scratch *s, enum scope scope)
{
	struct scratch_note **at = &s->first, *n;

	while ((n = *at) != NULL) {
		if (n->kind->scope < scope) {
			at = &n->next;
			continue;
		}
		*at = n->next;
		if (n->kind->clear != NULL)
			n->kind->clear(n->note);
		free(n->note);
		free(n);
	}
}

void
scratch_restart(struct scratch *s, enum stage stage)
{
	if (stage <= STAGE_MAIL)
		forget(s, stage_scope(stage));
}

void
scratch_reset(struct scratch *s)
{
	forget(s, SCOPE_MESSAGE);
}

void
scratch_free(struct scratch *s)
{
	forget(s, SCOPE_CONNECTION);
}
