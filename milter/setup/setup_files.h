/*
 * setup_files.h - main.cf and master.cf, with us and without us
 */
#ifndef SETUP_SETUP_FILES_H
#define SETUP_SETUP_FILES_H

#include <stdbool.h>

#include "base/buf.h"

enum setup_which { SETUP_MAIN, SETUP_MASTER, SETUP_FILES };

struct setup_files {
	const char *folder;
	struct setup_text {
		struct buf path;
		struct buf old;		/* as it is */
		struct buf bare;	/* without what saywhy setup wrote */
		struct buf text;	/* as it is to be */
	} v[SETUP_FILES];
};

/*
 * Reads both; `text` begins as `bare`. False: words in errmsg, or, where one of
 * our blocks was changed since, on stderr with file and line.
 */
bool setup_files_read(struct setup_files *f, const char *folder,
    struct buf *errmsg);

/* Has saywhy setup written anything there? */
bool setup_files_have_blocks(const struct setup_files *f);

/* Is `text` what is there already? */
bool setup_files_are_set(const struct setup_files *f);

/*
 * Writes `text`, asks postfix check, and has a running Postfix read it again.
 * False, words in errmsg: all is as it was.
 */
bool setup_files_put(const struct setup_files *f, struct buf *errmsg);

void setup_files_clear(struct setup_files *f);

#endif
