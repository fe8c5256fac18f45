/*
 * settings.h - what a configuration sets, as text in one form
 *
 * One setting for each option whose value is not its default, and one for each
 * titled block. Two files that mean the same give the same settings, however
 * they are laid out, divided or commented: numbers are in their largest unit,
 * yes is never "on", options are in the order of their names. Blocks of one
 * kind keep their order. Zeroed is empty; one thread.
 */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct option;

struct setting {
	char *path;	/* "relay.domains", "exception \"x\".clients" */
	char *value;	/* as it may stand in a file; NULL: a block */
	bool here;	/* of this host alone (struct option_table) */
	size_t turn;	/* in which it was read */
};

struct settings {
	struct setting *v;
	size_t n, cap;
};

/*
 * Adds one: the row's n values. What is the default is left out, and what is
 * secret is "(set)".
 */
void settings_add(struct settings *s, const char *path,
    const struct option *row, const char *const *values, size_t n,
    bool here);
void settings_add_block(struct settings *s, const char *path, bool here);

/* Puts them in order; call it once, at the end. */
void settings_sort(struct settings *s);

/*
 * The fingerprint of those that are not of this host alone: twelve
 * hexadecimal digits of a SHA-256, and NUL.
 */
#define SETTINGS_FINGERPRINT 13
void settings_fingerprint(const struct settings *s,
    char text[SETTINGS_FINGERPRINT]);

/* Appends "path = value\n", or "path\n" of a block. */
void setting_put(const struct setting *one, struct buf *out);

void settings_free(struct settings *s);

#endif
