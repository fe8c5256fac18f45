/*
 * entity.h - characters of HTML written as &#46; &#x2e; &period; &amp
 *
 * Those by number, and of those by name the letters and signs that may
 * matter in a link (entity.def).
 */
#ifndef MIME_ENTITY_H
#define MIME_ENTITY_H

#include <stdbool.h>
#include <stddef.h>

/* Longest name, without & and ; */
#define ENTITY_MAX 20

/* May this byte stand behind n bytes of a name? */
bool entity_goes_on(const char *name, size_t n, char c);

/*
 * Writes the character as UTF-8 (at most 4 bytes) and returns its length; 0:
 * there is none of that name. `ended`: by a semicolon, without which only
 * numbers and some old names count.
 */
size_t entity_decode(const char *name, size_t n, bool ended, char out[4]);

#endif
