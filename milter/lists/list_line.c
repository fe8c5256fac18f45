/* list_line - a line of a text list: an entry, and a comment behind it */

#include "lists/list_line.h"

#include <string.h>

#include "base/buf.h"
#include "base/pattern.h"

#define BLANKS " \t"

/* May only blanks and a comment stand here? */
static bool
is_end(const char *p)
{
	size_t blanks = strspn(p, BLANKS);

	return p[blanks] == '\0' || (blanks > 0 && p[blanks] == '#');
}

/*
 * Behind the entry. A pattern may hold blanks and slashes: it ends at the
 * first slash that is followed by flags and then by nothing else.
 */
static char *
entry_end(char *entry)
{
	char *p, *flags;

	if (*entry == '/')
		for (p = entry + 1; *p != '\0'; p++) {
			if (*p == '\\' && p[1] != '\0') {
				p++;
				continue;
			}
			flags = p + 1 + strspn(p + 1, PATTERN_FLAGS);
			if (*p == '/' && is_end(flags))
				return flags;
		}
	return entry + strcspn(entry, BLANKS);
}

bool
list_line_split(char *line, char **entry, char **comment, struct buf *errmsg)
{
	size_t n = strlen(line);
	char *end;

	while (n > 0 && strchr(BLANKS, line[n - 1]) != NULL)
		line[--n] = '\0';
	*entry = line + strspn(line, BLANKS);
	if (**entry == '\0' || **entry == '#')
		return false;
	end = entry_end(*entry);
	if (!is_end(end)) {
		buf_printf(errmsg, "behind the entry only a comment may stand: "
		    "%.*s # %.60s", (int)(end - *entry > 60 ? 60 :
		    end - *entry), *entry, end + strspn(end, BLANKS));
		return false;
	}
	*comment = end + strspn(end, BLANKS);
	if (**comment == '#')
		*comment += 1 + strspn(*comment + 1, BLANKS);
	*end = '\0';
	return true;
}
