/*
 * config_unknown.h - what was meant by a name that is unknown
 */
#ifndef CONFIG_CONFIG_UNKNOWN_H
#define CONFIG_CONFIG_UNKNOWN_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct option_section;
struct option_table;

/*
 * Appends the rest of a message about `name`, which is none of those of the
 * n tables `here` (nor a section, if `top`): where it belongs, or the nearest
 * name, or all that are valid here.
 */
void config_unknown(const struct option_section *sections, size_t nsections,
    const struct option_table *here, size_t n, bool top, const char *name,
    struct buf *errmsg);

#endif
