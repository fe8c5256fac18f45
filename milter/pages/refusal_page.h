/*
 * refusal_page.h - one refusal, told to the one who was refused
 */
#ifndef PAGES_REFUSAL_PAGE_H
#define PAGES_REFUSAL_PAGE_H

#include <stdbool.h>

struct pages;
struct parsed_record;
struct view;

/* Was somebody told of this record? Others have no page. */
bool refusal_page_is_public(const struct parsed_record *t);

/* The whole page. */
void refusal_page_put(const struct view *v, const struct pages *p,
    const struct parsed_record *t);

/* The page of a reason, without a refusal; `read`: out of a pasted text. */
void refusal_page_put_reason(const struct view *v, int reason, bool read);

#endif
