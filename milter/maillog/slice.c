/* slice - a piece of somebody else's text */

#include "maillog/slice.h"

#include <string.h>

#include "base/mem.h"

static const struct slice none;

struct slice
slice_of(const char *text)
{
	return (struct slice){ text, text != NULL ? strlen(text) : 0 };
}

bool
slice_is(struct slice s, const char *word)
{
	return s.n == strlen(word) && memcmp(s.text, word, s.n) == 0;
}

bool
slice_begins(struct slice s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && memcmp(s.text, with, n) == 0;
}

bool
slice_skip(struct slice *s, const char *with)
{
	if (!slice_begins(*s, with))
		return false;
	*s = slice_from(*s, s->text + strlen(with));
	return true;
}

const char *
slice_find(struct slice s, const char *word)
{
	return s.n == 0 ? NULL : memmem(s.text, s.n, word, strlen(word));
}

const char *
slice_find_last(struct slice s, const char *word)
{
	const char *at, *found = NULL;

	while ((at = slice_find(s, word)) != NULL) {
		found = at;
		s = slice_from(s, at + 1);
	}
	return found;
}

struct slice
slice_to(struct slice s, const char *end)
{
	return (struct slice){ s.text, (size_t)(end - s.text) };
}

struct slice
slice_from(struct slice s, const char *begin)
{
	return (struct slice){ begin, (size_t)(SLICE_END(s) - begin) };
}

struct slice
slice_between(struct slice s, const char *before, const char *after)
{
	const char *at = slice_find(s, before);

	if (at == NULL)
		return none;
	s = slice_from(s, at + strlen(before));
	if (after == NULL)
		return s;
	at = slice_find(s, after);
	return at != NULL ? slice_to(s, at) : none;
}

/* Where the address ends, with quoted strings or as if there were none. */
static const char *
address_end(struct slice s, char stop, bool strings)
{
	const char *p = s.text, *end = SLICE_END(s);
	bool quoted = false;

	for (; p < end; p++)
		if (strings && *p == '\\' && end - p > 1)
			p++;
		else if (strings && *p == '"')
			quoted = !quoted;
		else if (!quoted && *p == stop)
			return p;
	return NULL;
}

struct slice
slice_address(struct slice s, char end, struct slice *address)
{
	const char *at = address_end(s, end, true);

	if (at == NULL)
		at = address_end(s, end, false);
	*address = at != NULL ? slice_to(s, at) : none;
	return slice_from(s, at != NULL ? at + 1 : SLICE_END(s));
}

char *
slice_dup(struct slice s)
{
	return s.text != NULL ? mem_ndup(s.text, s.n) : NULL;
}
