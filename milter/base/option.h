/*
 * option.h - one row says everything about an option
 *
 * Parser, checker, `saywhy options` and the lint of the manual all read these
 * rows. A table of rows ends with one whose name is NULL. The owner of a
 * setting declares a plain struct for its values and a table that points into
 * it by offset; config.c fills it. `base` below is that struct.
 *
 * What a slot must be, by type:
 *   OPTION_BOOL  bool            yes no true false on off
 *   OPTION_INT   long long       decimal, within min and max
 *   OPTION_SIZE  long long       bytes; 10k 10M 1G (1024), within min and max
 *   OPTION_TIME  long long       milliseconds; "500 ms" "5 s" "2 min" "1 h"
 *                                "14 days"
 *   OPTION_WORD  int             index into `words`
 *   OPTION_TEXT  char *          owned, NULL when unset
 *   OPTION_PARSE anything        `parse` is called with the value
 *   OPTION_LIST  anything        `parse` is called for each value of {a, b}
 *   OPTION_GROUP struct option_items   titled blocks: name "title" { rows }
 */
#ifndef BASE_OPTION_H
#define BASE_OPTION_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

enum option_type { OPTION_BOOL, OPTION_INT, OPTION_SIZE, OPTION_TIME,
	OPTION_WORD, OPTION_TEXT, OPTION_PARSE, OPTION_LIST, OPTION_GROUP };

struct option {
	const char *name;
	const char *old_name;	/* means the same, for good; NULL: none */
	enum option_type type;
	size_t offset;
	/* As an admin would write it; NULL: none (zero, NULL, empty). */
	const char *default_value;
	/* INT, SIZE, TIME in its unit; both 0: any >= 0. */
	long long min, max;
	const char *const *words;	/* WORD: ends with NULL */
	/* A reload does not change it: the daemon must be restarted. */
	bool restart;
	bool here;	/* differs from host to host (struct option_table) */
	bool secret;	/* is shown to nobody */
	/*
	 * PARSE with restart: its slot is like that of this type, OPTION_TEXT
	 * or OPTION_INT, so that two values can be compared and copied.
	 */
	enum option_type stores;
	/*
	 * PARSE, LIST: stores the value; false with words in errmsg when it is
	 * wrong, as `"val" is no mode` (option_set() puts the quoted value in
	 * front of words that do not begin with it). In a group, `base` begins
	 * with a struct option_item whose title is set already. For a LIST it
	 * is called once for each value.
	 */
	bool (*parse)(void *base, void *slot, const char *value,
	    struct buf *errmsg);
	/*
	 * PARSE, LIST: frees what parse stored and leaves the slot as it was
	 * before; NULL when there is nothing to free.
	 */
	void (*free)(void *slot);
	const struct option *rows;	/* GROUP: what a block may hold */
	size_t item_size;		/* GROUP: sizeof its struct */
	/* GROUP: looks at a whole block after its values; may be NULL. */
	bool (*finish)(void *item, struct buf *errmsg);
	const char *help;	/* one line, for `saywhy options` */
};

/* First member of the struct of every group. */
struct option_item {
	char *title;
	char *file;
	int line;
};

struct option_items {
	/* each points to a struct that begins with option_item */
	void **v;
	size_t n, cap;
};

/* Rows and where their values go. */
struct option_table {
	const struct option *rows;
	void *base;
	/* Where a host runs things, not what it does with mail. */
	bool here;
};

/* A section of the file, filled by several tables; name "" is the top. */
struct option_section {
	const char *name;
	struct option_table *tables;
	size_t n;
};

/* Stores every default of the table (a wrong default is our bug: aborts). */
void option_defaults(const struct option *rows, void *base);

/*
 * Parses `value` into the slot of one row (not GROUP) in place of what is
 * there; for a LIST the value is added. False with words in errmsg; then a
 * number or text keeps what it had, the slot of a PARSE may be empty.
 */
bool option_set(const struct option *row, void *base, const char *value,
    struct buf *errmsg);

/* Empties the slot of one row: zero, NULL, no value; not the default. */
void option_unset(const struct option *row, void *base);

/* Frees every value of the table; the struct itself is the caller's. */
void option_clear(const struct option *rows, void *base);

/* A new item at the end of the group's slot: defaults, a copy of the title. */
void *option_item_new(const struct option *row, void *base,
    const char *title, const char *file, int line);

/*
 * Of rows that need a restart: has the slot the same value in both structs?
 * And a copy of these rows alone, owned by `to`, whose slots are empty before.
 */
bool option_same(const struct option *row, const void *a, const void *b);
void option_copy_restart(const struct option *rows, void *to,
    const void *from);

/* Row by its name or its old name, or NULL. */
const struct option *option_find(const struct option *rows, const char *name);

/*
 * One value of a list's default "{a, b}", without quotes, freed by the caller;
 * NULL at the end. *at moves on.
 */
char *option_next_default(const char **at);

/* Ready-made parse and free. */
bool option_parse_net(void *base, void *slot, const char *value,
    struct buf *errmsg);			/* struct netset */
void option_free_nets(void *slot);
bool option_parse_int(void *base, void *slot, const char *value,
    struct buf *errmsg);			/* struct option_ints */
void option_free_ints(void *slot);
bool option_parse_port(void *base, void *slot, const char *value,
    struct buf *errmsg);		/* struct option_ints, 1 to 65535 */
bool option_parse_string(void *base, void *slot, const char *value,
    struct buf *errmsg);			/* struct strset */
void option_free_strings(void *slot);

struct option_ints {
	long long *v;
	size_t n, cap;
};

bool option_ints_has(const struct option_ints *set, long long value);

#endif
