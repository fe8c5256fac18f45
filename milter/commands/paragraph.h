/*
 * paragraph.h - text in lines of a width
 */
#ifndef COMMANDS_PARAGRAPH_H
#define COMMANDS_PARAGRAPH_H

#include <stdio.h>

/*
 * Prints text broken at blanks, each line `indent` columns in, the first one
 * behind `lead` (as wide as the indent or less). A word that is too long for
 * a line stands by itself. Newlines in the text begin a new line, two of them
 * leave one empty. What is not ASCII 32 to 126 is shown as "?".
 */
void paragraph(FILE *out, const char *lead, int indent, int width,
    const char *text);

#endif
