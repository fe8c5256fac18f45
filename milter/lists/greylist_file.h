/*
 * greylist_file.h - the databases of other greylisters: who passed there
 *
 * Two forms, told apart by their beginning: what db_dump(1) prints of
 * postgrey's Berkeley DB files (postgrey.db and postgrey_clients.db), and the
 * text that milter-greylist dumps. Any bytes may be read. One thread.
 */
#ifndef LISTS_GREYLIST_FILE_H
#define LISTS_GREYLIST_FILE_H

#include <stddef.h>
#include <stdint.h>

struct ip;

/* A client, by its address or any of its network. */
typedef void greylist_file_fn(void *arg, const struct ip *client);

struct greylist_file_options {
	int64_t now;		/* s since 1970 */
	int64_t delay;		/* s: a triplet of postgrey passed after it */
	int64_t max_age;	/* s: older entries are left out */
};

struct greylist_file_counts {
	uint64_t passed, waiting, old, bad;
};

/*
 * Calls fn for each entry that passed; one client may come often. What waits
 * still, is too old or is none is counted.
 */
void greylist_file_read(const char *text, size_t n,
    const struct greylist_file_options *o, greylist_file_fn *fn, void *arg,
    struct greylist_file_counts *counts);

#endif
