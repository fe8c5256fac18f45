/*
 * rotated.h - a file and its rotated files
 *
 * Beside "records.json": "records.json.1", "records.json-20260102T030405Z".
 */
#ifndef RECORDS_ROTATED_H
#define RECORDS_ROTATED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct rotated_file {
	char *path;
	uint64_t device, inode;
	struct timespec written;	/* last */
};

struct rotated_files {
	struct rotated_file *v;
	size_t n, cap;
	size_t compressed;	/* how many were left out */
};

/*
 * Fills in those that are there and not compressed, from the one written
 * first to the file itself.
 */
void rotated_find(struct rotated_files *all, const char *path);
void rotated_free(struct rotated_files *all);

/* Does `name` belong to `base`: "records.json-20260102.gz", "….1"? */
bool rotated_is(const char *name, const char *base);

#endif
