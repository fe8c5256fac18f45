/*
 * copy.h - a text to send to one's mail admin
 */
#ifndef PAGES_COPY_H
#define PAGES_COPY_H

struct told;
struct view;

void copy_put(const struct view *v, const struct told *t, int reason);

#endif
