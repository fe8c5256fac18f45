/* slots - what is worked out about a session and kept between its events */

#include "model/slots.h"

#include <stdlib.h>

#include "base/mem.h"

struct slots_get {
	struct slots_get *next;
	const struct slot_kind *kind;
	void *note;
};

void *
slots_find(const struct slots *s, const struct slot_kind *kind)
{
	const struct slots_get *n;

	for (n = s->first; n != NULL; n = n->next)
		if (n->kind == kind)
			return n->note;
	return NULL;
}

void *
slots_get(struct slots *s, const struct slot_kind *kind)
{
	void *note = slots_find(s, kind);
	struct slots_get *n;

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
forget(struct slots *s, enum scope scope)
{
	struct slots_get **at = &s->first, *n;

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
slots_restart(struct slots *s, enum stage stage)
{
	if (stage <= STAGE_MAIL)
		forget(s, stage_scope(stage));
}

void
slots_reset(struct slots *s)
{
	forget(s, SCOPE_MESSAGE);
}

void
slots_free(struct slots *s)
{
	forget(s, SCOPE_CONNECTION);
}
