/* refusal_page.h - the page of one refusal, for the sender */
#ifndef PAGES_REFUSAL_PAGE_H
#define PAGES_REFUSAL_PAGE_H

#include <stdbool.h>

struct pages;
struct parsed_record;
struct recognised;
struct view;

/* Did a sender get this refusal? Other records have no page. */
bool refusal_page_is_public(const struct parsed_record *t);

/* The whole page. */
void refusal_page_put(const struct view *v, const struct pages *p,
    const struct parsed_record *t);

/* The page of a reason, without a refusal; `read` (NULL: none): the reply in
   which it was found. */
void refusal_page_put_reason(const struct view *v, int reason,
    const struct recognised *read);

#endif
