/*
 * copy.h - a text to send to one's mail admin
 */
#ifndef PAGES_COPY_H
#define PAGES_COPY_H

struct parsed_record;
struct view;

void copy_put(const struct view *v, const struct parsed_record *t, int reason);

#endif
