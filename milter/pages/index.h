/*
 * index.h - the pages that are about no single refusal
 */
#ifndef PAGES_INDEX_H
#define PAGES_INDEX_H

#include <stdbool.h>
#include <stddef.h>

#include "pages/language.h"
#include "records/record.h"

struct view;

/* The box. `note` is shown above it; SPEECH_COUNT: nothing is. */
void index_put(const struct view *v, enum speech note);

/* All reasons, by chapters. */
void index_put_reasons(const struct view *v);

/* A page that says that there is none. */
void index_put_notice(const struct view *v, enum speech title,
    enum speech text);

#endif
