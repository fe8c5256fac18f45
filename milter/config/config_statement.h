/*
 * config_statement.h - one statement of a configuration, by its shape alone
 *
 * Knows the grammar, no names: `a = v`, `a = {v, v}`, `a { }`, `a "t" { }`,
 * `a("v")`. What does not fit is reported.
 */
#ifndef CONFIG_CONFIG_STATEMENT_H
#define CONFIG_CONFIG_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config_scan.h"

enum shape {
	SHAPE_NONE,	/* no statement: reported; to be taken out */
	SHAPE_VALUE,
	SHAPE_LIST,
	SHAPE_SECTION,	/* up to and with the { of its block */
	SHAPE_TITLED,	/* the same, with a title */
	SHAPE_CALL
};

struct statement {
	struct token name;
	size_t end;	/* behind its last byte */
	char *word;	/* the name as text */
	enum shape shape;
	char *title;	/* TITLED; of CALL the argument */
	struct token title_at;	/* TITLED: where it stands */
	int *lines;	/* of the values */
	size_t nlines, cap;
	bool broken;	/* a value in it was reported as wrong */
};

/* The scan is at a word. `st` is filled whatever comes. */
void statement_read(struct scan *s, struct statement *st);
void statement_free(struct statement *st);

/* From behind the { through its }: returns the byte behind it. */
size_t statement_skip_block(struct scan *s, const struct statement *st);

/* Reports the next token as one that cannot stand here; stops the scan. */
void statement_unexpected(struct scan *s);

#endif
