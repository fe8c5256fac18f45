/*
 * engine_names.h - what DNS says of the name that a refusal is about
 *
 * Postfix says "Domain not found" of a domain that does not exist, of one whose
 * servers do not answer, and of one without mail. Whoever is refused must do
 * something else in each case, so we ask ourselves, while the MTA waits for
 * us to see the refused recipient; answers are cached.
 */
#ifndef ENGINE_ENGINE_NAMES_H
#define ENGINE_ENGINE_NAMES_H

#include <stdint.h>

#include "model/occasion.h"

struct reply;
struct session;

/*
 * NAME_UNASKED where the words tell nothing of a name that was not found, or of
 * a DNS list, of which only NAME_REFUSED is passed on. Waits
 * until `deadline` (clock_ms()) at most; later it is NAME_TEMPFAIL.
 */
enum occasion_name engine_lookup(const struct reply *reply,
    const struct session *s, int64_t deadline);

#endif
