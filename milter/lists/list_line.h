/* list_line.h - a line of a text list: an entry, and a comment behind it */
#ifndef LISTS_LIST_LINE_H
#define LISTS_LIST_LINE_H

#include <stdbool.h>

struct buf;

/*
 * Cuts the line in two: "192.0.2.7 # Go away", where the "#" may be missing
 * before a comment of "". `line` is changed; entry and comment point into it,
 * without blanks around them. A pattern, "/ab c/i", may hold blanks and "#".
 * False: it has no entry (only blanks or a comment), or, with words in errmsg,
 * more than an entry and its comment.
 */
bool list_line_split(char *line, char **entry, char **comment,
    struct buf *errmsg);

#endif
