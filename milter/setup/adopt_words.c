/* adopt_words - words of main.cf: tables, arguments, what is left */

#include "setup/adopt_words.h"

#include <stdarg.h>
#include <string.h>

#include "base/buf.h"

#define COUNT(v) (sizeof (v) / sizeof (v)[0])

void
adopt_leave(struct adopt *a, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (a->nleft < ADOPT_LEFT_MAX)
		a->left[a->nleft++] = buf_steal(&text);
	buf_free(&text);
}

bool
adopt_is_among(const char *word, const char *const *words, size_t n)
{
	size_t i;

	for (i = 0; i < n && strcmp(word, words[i]) != 0; i++)
		;
	return i < n;
}

static bool
starts(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

/* "/pattern/" or "/pattern/i", and a blank behind it. */
static bool
is_plain_pattern(const char *line)
{
	size_t n = 1;

	if (*line != '/')
		return false;
	for (; line[n] != '/'; n += line[n] == '\\' && line[n + 1] != '\0' ?
	    2 : 1)
		if (line[n] == '\n' || line[n] == '\0')
			return false;
	n++;
	if (line[n] == 'i')
		n++;
	return line[n] == ' ' || line[n] == '\t';
}

/* Patterns alone: no conditions, no negations, no other delimiters. */
static bool
is_plain_table(const struct mta_source *source, const char *path)
{
	struct buf text = BUF_INIT;
	bool good = source->text(source->arg, path, &text);
	const char *line;
	size_t n;

	for (line = text.data; good && *line != '\0'; line += n) {
		good = strchr("#\n \t\r", *line) != NULL ||
		    is_plain_pattern(line);
		n = strcspn(line, "\n");
		n += line[n] == '\n';
	}
	buf_free(&text);
	return good;
}

const char *
adopt_text_of_table(const struct mta_source *source, const char *table)
{
	static const char *const kinds[] = { "hash:", "btree:", "texthash:",
		"lmdb:", "cdb:", "dbm:", "cidr:", "regexp:", "pcre:" };
	const char *path = NULL;
	size_t i;

	if (starts(table, "proxy:"))
		table += 6;
	for (i = 0; i < COUNT(kinds) && path == NULL; i++)
		if (starts(table, kinds[i]))
			path = table + strlen(kinds[i]);
	if (path == NULL && *table == '/')
		path = table;
	if (path == NULL || strchr(path, '"') != NULL ||
	    !source->is_file(source->arg, path))
		return NULL;
	return (!starts(table, "regexp:") && !starts(table, "pcre:")) ||
	    is_plain_table(source, path) ? path : NULL;
}

bool
adopt_takes_word(const char *word)
{
	return (strncmp(word, "check_", 6) == 0 &&
	    strcmp(word, "check_relay_domains") != 0) ||
	    strncmp(word, "reject_rbl", 10) == 0 ||
	    strncmp(word, "reject_rhsbl", 12) == 0 ||
	    strncmp(word, "permit_rhswl", 12) == 0 ||
	    strcmp(word, "sleep") == 0;
}
