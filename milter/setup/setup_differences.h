/* setup_differences.h - what main.cf and saywhy.conf say differently */
#ifndef SETUP_SETUP_DIFFERENCES_H
#define SETUP_SETUP_DIFFERENCES_H

#include <stdbool.h>
#include <stddef.h>

struct difference {
	char *text;
	bool harms;
};

struct differences {
	struct difference *v;
	size_t n, cap;
	size_t harmful;
};

#define DIFFERENCES_INIT { .v = NULL }

/* Adds one. */
void differences_add(struct differences *d, bool harms, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void differences_clear(struct differences *d);

#endif
