/*
 * front.h - the pages that are about no single refusal
 */
#ifndef PAGES_FRONT_H
#define PAGES_FRONT_H

#include <stdbool.h>
#include <stddef.h>

#include "pages/language.h"
#include "records/record.h"

struct view;

/* The box. `note` is said above it; SPEECH_COUNT: nothing is. */
void front_put(const struct view *v, enum speech note);

/* All reasons, by chapters. */
void front_put_reasons(const struct view *v);

/* A page that says that there is none. */
void front_put_notice(const struct view *v, enum speech title,
    enum speech text);

/*
 * The id that a text holds: alone, or after "/why/" or as a word of twelve
 * letters and digits of which one is a digit. n bytes of anything.
 */
bool front_find_id(const char *text, size_t n, char id[RECORD_ID_TEXT]);

#endif
