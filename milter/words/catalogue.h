/*
 * catalogue.h - the catalogue that an object was compiled with
 *
 * reasons.def numbers the reasons, and prose and pages are found by number. An
 * object that was compiled with an older reasons.def would show a reason with
 * the words of its neighbour. So each such object keeps the hash of the names
 * it knew, and saywhyd and saywhy compare them when they start
 * (language_check_catalogue()).
 */
#ifndef WORDS_CATALOGUE_H
#define WORDS_CATALOGUE_H

#include <stdint.h>

/* FNV-1a of all names of reasons in turn, as this object knows them. */
static inline uint64_t
catalogue_hash(void)
{
	static const char names[] =
#define REASON(id, name, ...) name "\n"
#include "words/reasons.def"
#undef REASON
	    ;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	const char *c;

	for (c = names; *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	return hash;
}

#endif
