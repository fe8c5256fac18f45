/*
 * list_source.h - where a list comes from that is made elsewhere
 *
 * A block `list-source "name" { }` of the configuration. list_fetch() gets what
 * is new from there; how it went is kept in FILE.fetched, for saywhyd and the
 * tool to tell. Read only once it is loaded.
 */
#ifndef LISTS_LIST_SOURCE_H
#define LISTS_LIST_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/option.h"
#include "lists/minisign.h"

struct list_source {
	struct option_item item;
	char *url;
	struct minisign_keys keys;	/* none: the server alone vouches */
	char *file;		/* as a list names it: "cdb:/…", "/…" */
	long long interval, timeout, max_age;	/* ms; max_age 0: any */
	long long max_size;	/* bytes */
	char *ca_file;		/* PEM, or NULL */
};

/* The blocks, at the top of the file. */
struct list_sources {
	struct option_items blocks;
};

extern const struct option list_source_rows[];

/* The block of that name, or NULL. */
const struct list_source *list_source_find(const struct list_sources *all,
    const char *name);

/* The file itself, without the word for its format. */
const char *list_source_path(const struct list_source *src);
/* Its name on the server, for which it must be signed. */
const char *list_source_name(const struct list_source *src);

/* How the last visits went; all zero and NULL: there was none. Seconds. */
struct list_source_state {
	char *url;		/* the etags are of this one */
	char *etag, *signature_etag;
	int64_t tried;		/* the last visit */
	int64_t checked;	/* the last one that went well */
	int64_t taken;		/* when the list changed last */
	int64_t made;		/* when its signature was made; 0: unknown */
	char *failure;		/* of the last visit; NULL: it went well */
};

/* Reads a state from this open file, or from the one of this source. */
void list_source_state_read(struct list_source_state *state, int fd);
bool list_source_state_load(struct list_source_state *state,
    const struct list_source *src);
/* False with words in errmsg. */
bool list_source_state_write(const struct list_source_state *state, int fd,
    struct buf *errmsg);
void list_source_state_free(struct list_source_state *state);

/* Appends the path of the state's file. */
void list_source_put_state_path(struct buf *out,
    const struct list_source *src);

/*
 * What is wrong with a list of this state, as a person would say it, or false:
 * nothing. `now` in seconds.
 */
bool list_source_complaint(const struct list_source *src,
    const struct list_source_state *state, int64_t now, struct buf *words);

#endif
