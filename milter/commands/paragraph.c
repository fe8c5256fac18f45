/* paragraph - text in lines of a width */

#include "commands/paragraph.h"

#include <string.h>

static void
put_word(FILE *out, const char *p, size_t n)
{
	for (; n > 0; p++, n--)
		fputc(*p >= ' ' && *p <= '~' ? *p : '?', out);
}

/* The next word and what parts it from the one before: "", " ", "\n". */
static size_t
next_word(const char **at, int *newlines)
{
	*newlines = 0;
	for (; **at == ' ' || **at == '\n'; (*at)++)
		*newlines += **at == '\n';
	return strcspn(*at, " \n");
}

void
paragraph(FILE *out, const char *lead, int indent, int width, const char *text)
{
	int column = indent, newlines;
	const char *at = text;
	size_t n;

	fprintf(out, "%-*s", indent, lead);
	while ((n = next_word(&at, &newlines)) > 0) {
		if (column > indent && (newlines > 0 ||
		    column + 1 + (int)n > width)) {
			fprintf(out, newlines > 1 ? "\n\n%*s" : "\n%*s",
			    indent, "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', out);
			column++;
		}
		put_word(out, at, n);
		column += (int)n;
		at += n;
	}
	fputc('\n', out);
}
