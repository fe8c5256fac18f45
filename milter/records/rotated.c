/* rotated - a file and its rotated files */

#include "records/rotated.h"

#include <dirent.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"

bool
rotated_is(const char *name, const char *base)
{
	size_t n = strlen(base);

	return strncmp(name, base, n) == 0 &&
	    (name[n] == '.' || name[n] == '-');
}

static bool
is_compressed(const char *name)
{
	static const char *const ends[] = { ".gz", ".bz2", ".xz", ".zst" };
	size_t i, n = strlen(name), m;

	for (i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		m = strlen(ends[i]);
		if (n > m && strcmp(name + n - m, ends[i]) == 0)
			return true;
	}
	return false;
}

static void
add(struct rotated_files *all, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	all->v = mem_room(all->v, all->n, &all->cap, sizeof *all->v);
	all->v[all->n++] = (struct rotated_file){ .path = mem_dup(path),
		.device = st.st_dev, .inode = st.st_ino,
		.written = st.st_mtim };
}

static int
by_time(const void *left, const void *right)
{
	const struct timespec *a =
	    &((const struct rotated_file *)left)->written;
	const struct timespec *b =
	    &((const struct rotated_file *)right)->written;

	if (a->tv_sec != b->tv_sec)
		return a->tv_sec < b->tv_sec ? -1 : 1;
	return a->tv_nsec < b->tv_nsec ? -1 : a->tv_nsec > b->tv_nsec;
}

static void
add_from(struct rotated_files *all, const char *dir, const char *base)
{
	const struct dirent *entry;
	struct buf path = BUF_INIT;
	DIR *d = opendir(dir);

	while (d != NULL && (entry = readdir(d)) != NULL) {
		if (!rotated_is(entry->d_name, base))
			continue;
		if (is_compressed(entry->d_name)) {
			all->compressed++;
			continue;
		}
		buf_clear(&path);
		buf_printf(&path, "%s/%s", dir, entry->d_name);
		add(all, path.data);
	}
	if (d != NULL)
		closedir(d);
	buf_free(&path);
}

void
rotated_find(struct rotated_files *all, const char *path)
{
	char *for_dir = mem_dup(path), *for_base = mem_dup(path);

	add_from(all, dirname(for_dir), basename(for_base));
	if (all->n > 1)
		qsort(all->v, all->n, sizeof *all->v, by_time);
	add(all, path);
	free(for_dir);
	free(for_base);
}

void
rotated_free(struct rotated_files *all)
{
	while (all->n > 0)
		free(all->v[--all->n].path);
	free(all->v);
	*all = (struct rotated_files){ .v = NULL };
}
