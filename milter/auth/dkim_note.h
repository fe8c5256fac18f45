/*
 * dkim_note.h - the signatures of a session's message, verified once
 *
 * Every check that needs them calls the three functions in their stages; the
 * first call does the work. They are kept in a slot of the session.
 */
#ifndef AUTH_DKIM_NOTE_H
#define AUTH_DKIM_NOTE_H

#include <stddef.h>
#include <stdint.h>

#include "auth/dkim.h"

struct slots;
struct session;
struct site;

/* At HEADERS. */
void dkim_note_headers(struct slots *slots, const struct session *s,
    const struct site *site, int64_t deadline);

/* For each piece, after the session has counted it. */
void dkim_note_body(struct slots *slots, const struct session *s,
    const char *bytes, size_t n);

/* At MESSAGE; NULL when dkim_note_headers() was not called. */
const struct dkim_result *dkim_note_result(struct slots *slots);

/* The same when it was verified already, else NULL. */
const struct dkim_result *dkim_note_known(const struct slots *slots);

#endif
