/*
 * slots.h - slots in which checks keep results between the events of a session
 *
 * A check, or a service that several checks share, keeps here what it needs
 * later: a query sent at CONNECT, a verifier that is fed the body, a result
 * that the next check needs, too. Each kind of note is a constant; a session
 * has at most one of it, zeroed at first use, cleared when what it belongs to
 * ends. Slots belong to one session and one thread at a time.
 */
#ifndef MODEL_SLOTS_H
#define MODEL_SLOTS_H

#include <stddef.h>

#include "model/stage.h"

struct slot_kind {
	const char *name;
	size_t size;		/* bytes of a note */
	enum scope scope;	/* how long it lives; not SCOPE_RECIPIENT */
	void (*clear)(void *note);	/* frees what it owns, not the note
					   itself; NULL: it owns nothing */
};

/* Zeroed is empty. */
struct slots {
	struct slots_get *first;
};

/* The note of this kind, made (zeroed) when there is none yet. */
void *slots_get(struct slots *s, const struct slot_kind *kind);

/* The same, or NULL when there is none yet. */
void *slots_find(const struct slots *s, const struct slot_kind *kind);

/* As findings_restart(), findings_reset() and findings_free(). */
void slots_restart(struct slots *s, enum stage stage);
void slots_reset(struct slots *s);
void slots_free(struct slots *s);

#endif
