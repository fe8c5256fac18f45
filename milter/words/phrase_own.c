/* phrase_own - our own first lines as phrases */

#include "words/phrase_own.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

#define WORDS_LEAST 2
#define WORDS_MAX 11	/* what one phrase holds */

/* Does the list, parted by blanks, have this word? */
static bool
has(const char *list, const char *word, size_t n)
{
	const char *at;

	for (at = list; (at = strstr(at, word)) != NULL; at++)
		if ((at == list || at[-1] == ' ') &&
		    (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

/* The next word in small letters, an apostrophe within it left out. */
static const char *
take_word(const char *p, char *word, size_t size)
{
	size_t n = 0;

	for (; isalnum((unsigned char)*p) || (*p == '\'' && n > 0 &&
	    isalnum((unsigned char)p[1]) && p[1] != 's'); p++)
		if (*p != '\'' && n + 1 < size)
			word[n++] = (char)tolower((unsigned char)*p);
	word[n] = '\0';
	return p;
}

/* Behind the part that begins at p: only what it has instead is always said. */
static const char *
skip_optional(const char *p)
{
	const char *end = strstr(p, "{)}"), *instead = strstr(p, "{|}");

	return instead != NULL && instead < end ? instead : end;
}

int
phrase_own(const char *line, const char *stop, struct buf *out)
{
	const char *glue = "", *p = line;
	char word[32];
	int words = 0;

	while (*p != '\0' && words < WORDS_MAX) {
		if (strncmp(p, "{(}", 3) == 0)
			p = skip_optional(p);
		if (*p == '{') {
			p += strcspn(p, "}");
			glue = words > 0 ? " .. " : "";
		} else if (isalnum((unsigned char)*p)) {
			p = take_word(p, word, sizeof word);
			if (has(stop, word, strlen(word)))
				continue;
			buf_puts(out, glue);
			buf_puts(out, strspn(word, "0123456789") ==
			    strlen(word) ? "@number" : word);
			glue = " ";
			words++;
			continue;
		} else if ((*p == '.' || *p == ';') && words > 0) {
			glue = " .. ";
		}
		p++;
	}
	return words >= WORDS_LEAST ? words : 0;
}
