/*
 * config_names.h - the names in a configuration text, checked against the rows
 *
 * libConfuse stops at the first name that it does not know. So before it reads
 * a text, every name is looked up here; what is unknown, has the wrong shape or
 * a value that cannot be read is reported and overwritten with blanks.
 * libConfuse can read what is left, and the line numbers are still those of the
 * file.
 */
#ifndef CONFIG_CONFIG_NAMES_H
#define CONFIG_CONFIG_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config_place.h"

struct buf;
struct diags;
struct option_section;

/*
 * A file of this name is read behind the others that its file includes; what
 * another file says, too, does not count in it, with a warning.
 */
#define CONFIG_YIELDING "adopted.conf"

/* Does this path name such a file? */
bool config_names_yields(const char *path);

/* include("path"), at the top of a file only. */
struct config_include {
	char *path;
	int line;
};

struct config_names {
	const struct option_section *sections;
	size_t nsections;
	struct diags *d;
	bool no_includes;	/* the text is in no file */
	struct places places;	/* of all that was set in any text so far */
	struct config_include *includes;	/* of the text looked at last */
	size_t nincludes, cap;
};

/*
 * Looks at one text and blanks what libConfuse must not see. False when the
 * text cannot be understood to its end. Its include() paths are then in
 * `includes`, which the caller frees.
 */
bool config_names_check(struct config_names *names, const char *file,
    struct buf *text);

#endif
