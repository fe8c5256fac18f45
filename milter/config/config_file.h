/*
 * config_file.h - a file that an admin wrote, whole
 */
#ifndef CONFIG_CONFIG_FILE_H
#define CONFIG_CONFIG_FILE_H

#include <stdbool.h>

struct buf;

/* A configuration is text for people: 4 MB of it is a mistake. */
#define CONFIG_FILE_MAX (4u << 20)

/*
 * Appends the text of a regular file of at most CONFIG_FILE_MAX bytes, none of
 * them NUL. False with words in errmsg.
 */
bool config_file_read(const char *path, struct buf *text, struct buf *errmsg);

#endif
