/*
 * copy.h - a text to send to one's mail admin
 */
#ifndef PAGES_COPY_H
#define PAGES_COPY_H

#include <stdbool.h>

struct parsed_record;
struct view;

/* `final`: nobody tries again. */
void copy_put(const struct view *v, const struct parsed_record *t, int reason,
    bool final);

#endif
