/*
 * config.h - from the configuration file to the structs of those who use it
 *
 * The grammar is libConfuse's:
 *
 *	name = value			# comment; also after //, or as in C
 *	name = {value, "another"}
 *	section { ... }
 *	block "title" { ... }
 *	include("file")			at the top of a file only
 *
 * with these restrictions, so that a slip is a message and not a surprise.
 * A bare value holds letters, digits and . _ - : / @ %; all others are quoted.
 * A string ends on its line ("..." may go on after a backslash at its end).
 * In "..." only \\ \" \' \$ are escapes, and ${NAME} is an environment
 * variable, which must be set; in '...' a backslash stands for itself but
 * before ' and \. += is not understood.
 *
 * A section may be opened several times. An option that is set twice in a file
 * has its last value, with a warning; twice in several files is an error, but
 * what adopted.conf (CONFIG_YIELDING) says besides another file does not count,
 * with a warning. A path in include() is relative to the file that it stands
 * in.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

struct diags;
struct option_section;
struct settings;

/*
 * Stores the defaults of all n sections, then what the file says. Every mistake
 * is added to d, with file and line; false when there was an error. The tables
 * are filled as far as possible either way; option_clear() frees them. Any
 * thread; one at a time goes through. `into` (may be NULL) gets what is set
 * (settings.h), in order.
 */
bool config_read(const char *path, struct option_section *sections, size_t n,
    struct settings *into, struct diags *d);

/*
 * As if this text stood in the file `path`, which is not read: what the text
 * includes is looked for beside it.
 */
bool config_read_as(const char *path, const char *text,
    struct option_section *sections, size_t n, struct settings *into,
    struct diags *d);

/* The same from a text, called `name` in messages; it cannot include. */
bool config_read_text(const char *name, const char *text,
    struct option_section *sections, size_t n, struct settings *into,
    struct diags *d);

#endif
