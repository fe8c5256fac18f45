/*
 * prose.h - what prose.awk makes of prose.txt
 *
 * Only reason.c and the generators of the manual look at this; everybody else
 * asks reason_prose().
 */
#ifndef WORDS_PROSE_H
#define WORDS_PROSE_H

#include <stdint.h>

#include "words/reason.h"

/* By enum reason_id; the texts of REASON_NONE are NULL. */
extern const struct reason_prose words_prose[REASON_COUNT];

/* The first step where waiting was enough and it is refused for good. */
extern const char words_again[];

/* catalogue_hash() of the object that holds words_prose. */
uint64_t words_prose_catalogue(void);

/* The chapters of the manual in the order of prose.txt, ends with NULL. */
struct prose_chapter {
	const char *title;
	const int *reasons;	/* ends with REASON_NONE */
};
extern const struct prose_chapter words_chapters[];

#endif
