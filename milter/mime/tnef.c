/* tnef - the files within winmail.dat (MS-OXTNEF) */

#include "mime/tnef.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"

#define SIGNATURE 0x223e9f78u
#define ATT_TITLE 0x18010u	/* the name of an attachment, 8.3 */
#define ATT_TRANSPORT 0x69001u	/* its name on the way */
#define ATT_DATA 0x6800fu
#define ATT_PROPERTIES 0x69005u	/* of an attachment, as MAPI has them */
#define PROPERTY_DATA 0x3701u
#define VALUES_MAX 1000

struct reader {
	const unsigned char *p, *end;
	bool bad;
};

static uint32_t
number(struct reader *r, size_t bytes)
{
	uint32_t value = 0;
	size_t i;

	if ((size_t)(r->end - r->p) < bytes) {
		r->bad = true;
		r->p = r->end;
		return 0;
	}
	for (i = bytes; i-- > 0;)
		value = value << 8 | r->p[i];
	r->p += bytes;
	return value;
}

/* n bytes, padded to a multiple of `align`. */
static const unsigned char *
take(struct reader *r, size_t n, size_t align)
{
	const unsigned char *at = r->p;
	size_t left = (size_t)(r->end - r->p);
	size_t padded = n + (align - n % align) % align;

	if (n > left) {
		r->bad = true;
		r->p = r->end;
		return NULL;
	}
	r->p += padded < left ? padded : left;
	return at;
}

bool
tnef_is(const char *head, size_t n)
{
	struct reader r = { (const unsigned char *)head,
		(const unsigned char *)head + n, false };

	return number(&r, 4) == SIGNATURE && !r.bad;
}

/* Text of one byte or two a character; what is not ASCII in the second is
   of no matter to an ending. */
static void
tell_name(tnef_entry *entry, void *arg, const unsigned char *text, size_t n,
    size_t width)
{
	struct buf name = BUF_INIT;
	size_t i;

	for (i = 0; i + width <= n && (text[i] != '\0' || (width == 2 &&
	    text[i + 1] != '\0')); i += width)
		buf_putc(&name, width == 2 && text[i + 1] != 0 ? '_' :
		    (char)text[i]);
	if (name.len > 0)
		entry(arg, name.data, NULL, 0);
	buf_free(&name);
}

/* Bytes of one value, 0: as long as it says. */
static size_t
width_of(uint32_t type)
{
	switch (type) {
	case 0x0002: case 0x0003: case 0x0004: case 0x000a: case 0x000b:
		return 4;
	case 0x0005: case 0x0006: case 0x0007: case 0x0014: case 0x0040:
		return 8;
	case 0x0048:
		return 16;
	}
	return 0;
}

/* A property named by a GUID has a number or a text of its own. */
static void
skip_named(struct reader *r)
{
	take(r, 16, 1);
	if (number(r, 4) == 0)
		number(r, 4);
	else
		take(r, number(r, 4), 4);
}

/* MS-OXCMSG section 2.2.2: its name, ending, file name (8.3, long), paths, name
   on the way. */
static bool
is_name(uint32_t id)
{
	static const uint32_t ids[] = { 0x3001, 0x3703, 0x3704, 0x3707, 0x3708,
		0x370d, 0x370c };
	size_t i;

	for (i = 0; i < sizeof ids / sizeof ids[0]; i++)
		if (ids[i] == id)
			return true;
	return false;
}

static void
read_value(struct reader *r, uint32_t type, uint32_t id, tnef_entry *entry,
    void *arg)
{
	size_t n = number(r, 4);
	const unsigned char *at = take(r, n, 4);

	if (at == NULL)
		return;
	/* behind the interface's GUID */
	if (id == PROPERTY_DATA && n > 16)
		entry(arg, NULL, (const char *)at + (type == 0x0d ? 16 : 0),
		    n - (type == 0x0d ? 16 : 0));
	else if (is_name(id))
		tell_name(entry, arg, at, n, type == 0x1f ? 2 : 1);
}

static void
read_properties(struct reader *r, tnef_entry *entry, void *arg)
{
	uint32_t count = number(r, 4), tag, type, values, i;

	for (; count > 0 && !r->bad; count--) {
		tag = number(r, 4);
		type = tag & 0xfff;
		if (tag >> 16 >= 0x8000)
			skip_named(r);
		values = (tag & 0x1000) != 0 || width_of(type) == 0 ?
		    number(r, 4) : 1;
		r->bad |= values > VALUES_MAX;
		for (i = 0; i < values && !r->bad; i++)
			if (width_of(type) > 0)
				take(r, width_of(type), 1);
			else
				read_value(r, type, tag >> 16, entry, arg);
	}
}

static void
read_attribute(struct reader *r, tnef_entry *entry, void *arg)
{
	uint32_t level = number(r, 1), id = number(r, 4);
	size_t n = number(r, 4);
	const unsigned char *at = take(r, n, 1);
	struct reader inner = { at, at, false };

	r->bad |= level != 1 && level != 2;
	number(r, 2);	/* a sum */
	if (r->bad || at == NULL)
		return;
	inner.end += n;
	if (id == ATT_TITLE || id == ATT_TRANSPORT)
		tell_name(entry, arg, at, n, 1);
	else if (id == ATT_DATA && n > 0)
		entry(arg, NULL, (const char *)at, n);
	else if (id == ATT_PROPERTIES)
		read_properties(&inner, entry, arg);
	r->bad |= inner.bad;
}

bool
tnef_read(const char *bytes, size_t n, tnef_entry *entry, void *arg)
{
	struct reader r = { (const unsigned char *)bytes,
		(const unsigned char *)bytes + n, false };

	r.bad = number(&r, 4) != SIGNATURE;
	number(&r, 2);	/* a key */
	while (!r.bad && r.p < r.end)
		read_attribute(&r, entry, arg);
	return !r.bad;
}
