/* entity - characters of HTML written as &#46; &#x2e; &period; &amp */

#include "mime/entity.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct entity {
	const char *name;
	unsigned code;
	bool old;	/* known without its semicolon */
} entities[] = {
#define ENTITY(name, code, old) { name, code, old },
#include "mime/entity.def"
#undef ENTITY
};

static int
digit_of(char c, int base)
{
	int value = c >= '0' && c <= '9' ? c - '0' :
	    (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 :
	    base;

	return value < base ? value : -1;
}

bool
entity_goes_on(const char *name, size_t n, char c)
{
	bool number = n > 0 && name[0] == '#';

	if (n == ENTITY_MAX)
		return false;
	if (n == 0 && c == '#')
		return true;
	if (number && n == 1)
		return (c | 0x20) == 'x' || digit_of(c, 10) >= 0;
	if (number)
		return digit_of(c, (name[1] | 0x20) == 'x' ? 16 : 10) >= 0;
	return digit_of(c, 10) >= 0 || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z');
}

static size_t
put_utf8(unsigned code, char out[4])
{
	if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		code = 0xfffd;
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 63));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 63));
		out[2] = (char)(0x80 | (code & 63));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 63));
	out[2] = (char)(0x80 | (code >> 6 & 63));
	out[3] = (char)(0x80 | (code & 63));
	return 4;
}

/* "#46", "#x2e" */
static size_t
decode_number(const char *name, size_t n, char out[4])
{
	int base = n > 1 && (name[1] | 0x20) == 'x' ? 16 : 10;
	size_t i = base == 16 ? 2 : 1;
	unsigned code = 0;

	if (i >= n)
		return 0;
	for (; i < n; i++)
		if (code <= 0x10ffff)
			code = code * (unsigned)base +
			    (unsigned)digit_of(name[i], base);
	return put_utf8(code, out);
}

static int
compare(const void *name, const void *row)
{
	return strcmp(name, ((const struct entity *)row)->name);
}

size_t
entity_decode(const char *name, size_t n, bool ended, char out[4])
{
	const struct entity *e;
	char key[ENTITY_MAX + 1];

	if (n > 0 && name[0] == '#')
		return decode_number(name, n, out);
	if (n > ENTITY_MAX)
		return 0;
	memcpy(key, name, n);
	key[n] = '\0';
	e = bsearch(key, entities, sizeof entities / sizeof *e, sizeof *e,
	    compare);
	return e != NULL && (ended || e->old) ? put_utf8(e->code, out) : 0;
}
