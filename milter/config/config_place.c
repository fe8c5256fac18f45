/* config_place - where in its files each setting was made */

#include "config/config_place.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"

void
path_put(struct buf *path, const char *name, const char *title)
{
	if (path->len > 0)
		buf_putc(path, '.');
	buf_puts(path, name);
	if (title != NULL)
		buf_printf(path, " \"%s\"", title);
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct place *)a)->path,
	    ((const struct place *)b)->path);
}

struct place *
places_find(const struct places *places, const char *path)
{
	struct place key = { .path = (char *)path };
	void *node = tfind(&key, &places->tree, by_path);

	return node != NULL ? *(struct place **)node : NULL;
}

struct place *
places_add(struct places *places, const char *path)
{
	struct place *place = places_find(places, path);

	if (place != NULL)
		return place;
	place = mem_alloc(sizeof *place);
	place->path = mem_dup(path);
	if (tsearch(place, &places->tree, by_path) == NULL)
		mem_gone();
	return place;
}

void
place_move(struct place *place, const char *file, int line, int *lines,
    size_t n)
{
	mem_replace(&place->file, file);
	place->line = line;
	free(place->lines);
	place->lines = lines;
	place->n = n;
}

int
place_line(const struct place *place, size_t value)
{
	return value < place->n ? place->lines[value] : place->line;
}

void
places_keep_title(struct places *places, const char *path, const char *title)
{
	struct place *group = places_add(places, path);

	group->titles = mem_room(group->titles, group->ntitles,
	    &group->titles_cap, sizeof *group->titles);
	group->titles[group->ntitles++] = mem_dup(title);
}

const char *
places_take_title(struct places *places, const char *path)
{
	struct place *group = places_find(places, path);

	if (group == NULL || group->taken == group->ntitles)
		BUG("a block without a title");
	return group->titles[group->taken++];
}

static void
free_titles(struct place *group)
{
	while (group->ntitles > 0)
		free(group->titles[--group->ntitles]);
	free(group->titles);
}

void
places_free(struct places *places)
{
	struct place *place;

	while (places->tree != NULL) {
		place = *(struct place **)places->tree;
		tdelete(place, &places->tree, by_path);
		free(place->path);
		free(place->file);
		free(place->lines);
		free_titles(place);
		free(place);
	}
}
