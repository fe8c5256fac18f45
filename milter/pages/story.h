/*
 * story.h - one refusal, told to the one who was refused
 */
#ifndef PAGES_STORY_H
#define PAGES_STORY_H

#include <stdbool.h>

struct pages;
struct told;
struct view;

/* Was somebody told of this record? Others have no page. */
bool story_is_public(const struct told *t);

/* The whole page. */
void story_put(const struct view *v, const struct pages *p,
    const struct told *t);

/* The page of a reason, without a refusal; `read`: out of a pasted text. */
void story_put_reason(const struct view *v, int reason, bool read);

#endif
