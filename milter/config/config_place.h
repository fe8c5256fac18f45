/*
 * config_place.h - where in its files each setting was made
 *
 * A path names a setting: "mode", "relay.domains",
 * "exception \"x\".reason \"y\".action"; also each titled block. One thread.
 */
#ifndef CONFIG_CONFIG_PLACE_H
#define CONFIG_CONFIG_PLACE_H

#include <stddef.h>

struct buf;

struct place {
	char *path;
	char *file;
	int line;
	int *lines;	/* of each value, when the value is a list */
	size_t n;
	char **titles;	/* of a group: those kept and not yet taken */
	size_t ntitles, titles_cap, taken;
};

struct places {
	void *tree;
};

/* NULL: not set. */
struct place *places_find(const struct places *places, const char *path);

/*
 * The place where a setting was set before, or a new one; the caller moves it
 * with place_move() once it was looked at.
 */
struct place *places_add(struct places *places, const char *path);

/* Takes over `lines`, freed with free(). */
void place_move(struct place *place, const char *file, int line, int *lines,
    size_t n);

/* The line of one value; of the setting itself when there is no such value. */
int place_line(const struct place *place, size_t value);

/*
 * The titles of the blocks of a group, in the order of the text; its path ends
 * in its name as it is written there, without a title. What is taken out was
 * kept before, and lives as long as the places.
 */
void places_keep_title(struct places *places, const char *path,
    const char *title);
const char *places_take_title(struct places *places, const char *path);

void places_free(struct places *places);

/* Appends a step to a path: `.name`, or `.name "title"`. */
void path_put(struct buf *path, const char *name, const char *title);

#endif
