/*
 * spf_note.h - the SPF results of a session, each evaluated once
 *
 * Several checks need them. They are kept in a slot of the session; the first
 * caller waits for DNS until its deadline.
 */
#ifndef AUTH_SPF_NOTE_H
#define AUTH_SPF_NOTE_H

#include <stdint.h>

#include "auth/spf.h"

struct slots;
struct session;
struct site;

/*
 * Of the sender at MAIL; of a null sender the HELO name stands for it (RFC 7208
 * section 2.4). NULL: there is no domain to check, or the client is not known,
 * or SPF is off.
 */
const struct spf *spf_of_sender(struct slots *slots,
    const struct session *s, const struct site *site, int64_t deadline);

/* Of the HELO name (section 2.3); NULL as above. */
const struct spf *spf_of_helo(struct slots *slots,
    const struct session *s, const struct site *site, int64_t deadline);

/* The result if it was evaluated already, else NULL; queries nothing. */
const struct spf *spf_known_of_sender(const struct slots *slots,
    const struct session *s);

#endif
