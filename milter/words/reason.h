/*
 * reason.h - the catalogue: why mail is refused
 *
 * The names of all reasons, one for each row of reasons.def. For source files
 * that name one; headers include reason_row.h.
 */
#ifndef WORDS_REASON_H
#define WORDS_REASON_H

#include "words/reason_row.h"

enum reason_id {
	REASON_NONE,
#define REASON(id, ...) REASON_##id,
#include "words/reasons.def"
#undef REASON
	REASON_COUNT
};

_Static_assert(REASON_COUNT <= REASONS_MAX, "REASONS_MAX is too small");

#endif
