/*
 * reply_lines.h - replies of tests/data as the tools read them, one a line
 */
#ifndef WORDS_REPLY_LINES_H
#define WORDS_REPLY_LINES_H

#include <stdio.h>
#include <string.h>

#define REPLY_LINE_MAX 16384

/*
 * The next one from `in`, without its end; where it says "\\r\\n" the reply has
 * a new line. NULL: there is none.
 */
static inline char *
reply_lines_next(char line[REPLY_LINE_MAX], FILE *in)
{
	char *at;

	if (fgets(line, REPLY_LINE_MAX, in) == NULL)
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	while ((at = strstr(line, "\\r\\n")) != NULL) {
		memcpy(at, "\r\n", 2);
		memmove(at + 2, at + 4, strlen(at + 4) + 1);
	}
	return line;
}

#endif
