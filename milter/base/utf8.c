/* utf8 - characters in bytes of UTF-8 */

#include "base/utf8.h"

size_t
utf8_decode(const char *text, size_t n, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)text;
	size_t length = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 :
	    p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
	size_t i;

	if (length == 0 || length > n)
		return 0;
	*c = length == 1 ? p[0] : p[0] & (0x7fu >> length);
	for (i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3f);
	}
	if (*c < least[length] || (*c >= 0xd800 && *c < 0xe000) ||
	    *c > 0x10ffff)
		return 0;
	return length;
}

bool
utf8_is_hidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) ||
	    (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

size_t
utf8_shown(const char *text, size_t n)
{
	size_t shown = 0, length = 1;
	uint32_t c;

	for (; shown < n && length > 0; shown += length) {
		/* Most is plain, and needs no other look. */
		while (shown < n && text[shown] >= ' ' && text[shown] < 0x7f)
			shown++;
		length = shown < n ? utf8_decode(text + shown, n - shown, &c) :
		    0;
		if (length > 0 && utf8_is_hidden(c))
			length = 0;
	}
	return shown;
}

bool
utf8_is_invisible(uint32_t c)
{
	static const struct {
		uint32_t from, to;
	} rows[] = {
		{ 0xa0, 0xa0 }, { 0xad, 0xad }, { 0x34f, 0x34f },
		{ 0x61c, 0x61c }, { 0x115f, 0x1160 }, { 0x1680, 0x1680 },
		{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x2000, 0x200f },
		{ 0x2028, 0x202f }, { 0x205f, 0x206f }, { 0x3000, 0x3000 },
		{ 0x3164, 0x3164 }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
		{ 0xffa0, 0xffa0 }, { 0x1d173, 0x1d17a },
		{ 0xe0000, 0xe0fff },
	};
	size_t i;

	if (utf8_is_hidden(c))
		return true;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (c >= rows[i].from && c <= rows[i].to)
			return true;
	return false;
}
