/*
 * symptom.h - what saywhy doctor has found, right or wrong
 */
#ifndef COMMANDS_SYMPTOM_H
#define COMMANDS_SYMPTOM_H

#include <stddef.h>

enum health { HEALTH_GOOD, HEALTH_ODD, HEALTH_WRONG, HEALTH_COUNT };

struct symptom {
	enum health health;
	const char *about;	/* "socket"; static */
	char *text;
	char *mend;		/* a command, or what to do; NULL: nothing */
};

struct symptoms {
	struct symptom *v;
	size_t n, cap;
};

/* `mend` NULL: there is nothing to do. */
void symptom_add(struct symptoms *s, enum health health, const char *about,
    const char *mend, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* Frees what they own; none is left. */
void symptoms_clear(struct symptoms *s);

#endif
