/*
 * rotated.h - a file and what was set aside of it
 *
 * Beside "records.json": "records.json.1", "records.json-20260102T030405Z".
 */
#ifndef RECORDS_ROTATED_H
#define RECORDS_ROTATED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct sibling {
	char *path;
	uint64_t device, inode;
	struct timespec written;	/* last */
};

struct siblings {
	struct sibling *v;
	size_t n, cap;
	size_t compressed;	/* how many were left out */
};

/*
 * Fills in those that are there and not compressed, from the one written
 * first to the file itself.
 */
void siblings_find(struct siblings *all, const char *path);
void siblings_free(struct siblings *all);

/* Does `name` belong to `base`: "records.json-20260102.gz", "….1"? */
bool sibling_is(const char *name, const char *base);

#endif
