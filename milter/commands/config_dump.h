/*
 * config_dump.h - what a host's configuration sets, wherever it is asked for
 */
#ifndef COMMANDS_CONFIG_DUMP_H
#define COMMANDS_CONFIG_DUMP_H

#include <stdbool.h>

#include "config/settings.h"

struct buf;

struct config_dump {
	char *host;		/* its name */
	char *policy;		/* the fingerprint */
	struct settings all;	/* by path, for config_dump_get() */
};

/*
 * Appends the text (engine/ruleset_settings.h) of `from`: a control socket
 * ("unix:…", "inet:…"), a file that holds such a text, "-" for one on stdin,
 * or a configuration file. False with words in errmsg.
 */
bool config_dump_text(const char *from, struct buf *text, struct buf *errmsg);

/* The same, taken apart. */
bool config_dump_read(struct config_dump *d, const char *from,
    struct buf *errmsg);
void config_dump_free(struct config_dump *d);

/* The setting of that path, or NULL. */
const struct setting *config_dump_get(const struct config_dump *d,
    const char *path);

#endif
