/* conf_says.h - what saywhy.conf says already, for setup --adopt */
#ifndef SETUP_CONF_SAYS_H
#define SETUP_CONF_SAYS_H

#include <stdbool.h>

struct buf;

/* Appends the file without its comments. False, words in errmsg. */
bool conf_says_read(const char *config, struct buf *text, struct buf *errmsg);

/* An option's name with "=" behind it, or the whole of `reason "x"`. */
bool conf_says(const struct buf *text, const char *what);

#endif
