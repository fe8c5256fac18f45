/* file_name - what the name of a file says it is */

#include "mime/file_name.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/strset.h"
#include "base/utf8.h"

#define DOTS_MAX 4

/* The name proper. */
struct span {
	const char *at;
	size_t n;
};

/* What programs drop at the end of a name, or quote it with. */
static bool
is_dropped(char c)
{
	return (unsigned char)c <= ' ' || strchr(".'\"`", c) != NULL ||
	    c == 127;
}

static bool
is_slash(char c)
{
	return c == '/' || c == '\\';
}

/* "a.exe::$DATA" and "a.exe:b" are streams of a.exe (NTFS); "C:a.exe" is in a
   folder. */
static struct span
base_name(const char *name)
{
	struct span s = { name, strlen(name) };
	const char *colon;
	size_t i;

	while (s.n > 0 && (is_dropped(name[s.n - 1]) ||
	    is_slash(name[s.n - 1])))
		s.n--;
	for (i = 0; i < s.n; i++)
		if (is_slash(name[i]))
			s.at = name + i + 1;
	s.n -= (size_t)(s.at - name);
	colon = memchr(s.at, ':', s.n);
	if (colon == s.at || colon == s.at + 1) {
		s.n -= (size_t)(colon + 1 - s.at);
		s.at = colon + 1;
		colon = memchr(s.at, ':', s.n);
	}
	if (colon != NULL && colon != s.at)
		s.n = (size_t)(colon - s.at);
	while (s.n > 0 && is_dropped(s.at[s.n - 1]))
		s.n--;
	return s;
}

/* What stands behind the last colon: for some it is the name. */
static struct span
behind_colon(const char *name)
{
	const char *colon = strrchr(name, ':');
	struct span s = { name, 0 };

	if (colon != NULL && strpbrk(colon, "/\\") == NULL) {
		s.at = colon + 1;
		s.n = strlen(s.at);
		while (s.n > 0 && is_dropped(s.at[s.n - 1]))
			s.n--;
	}
	return s;
}

/* The last dot in the first n bytes, or NULL. */
static const char *
last_dot(struct span s)
{
	return memrchr(s.at, '.', s.n);
}

static bool
is_wide_blank(uint32_t c)
{
	return c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
	    c == 0x202f || c == 0x205f || c == 0x3000;
}

/*
 * The name with ASCII where another character looks like it or becomes it
 * (compatibility forms of Unicode), and without what nobody sees.
 */
void
file_name_put_plain(struct buf *out, const char *name)
{
	const char *end = name + strlen(name);
	size_t length;
	uint32_t c;

	for (; name < end; name += length) {
		length = utf8_decode(name, (size_t)(end - name), &c);
		if (length == 0) {
			buf_putc(out, *name);
			length = 1;
		} else if (c < 0x80)
			buf_putc(out, *name);
		else if (is_wide_blank(c))
			buf_putc(out, ' ');
		else if (c == 0x2024 || c == 0xfe52)
			buf_putc(out, '.');
		else if (c >= 0xff01 && c <= 0xff5e)
			buf_putc(out, (char)(c - 0xfee0));
		else if (!utf8_is_invisible(c))
			buf_put(out, name, length);
	}
}

void
file_name_put_saved(struct buf *out, const char *name)
{
	struct buf plain = BUF_INIT;
	struct span s;

	file_name_put_plain(&plain, name);
	s = base_name(plain.data);
	buf_put(out, s.at, s.n);
	buf_free(&plain);
}

static const char *
ending_of(struct span s, const struct strset *endings)
{
	struct span before = s;
	const char *dot, *found = NULL, *longer;
	int dots;

	for (dots = 0; dots < DOTS_MAX; dots++) {
		dot = last_dot(before);
		if (dot == NULL)
			break;
		longer = strset_find(endings, dot + 1,
		    s.n - (size_t)(dot + 1 - s.at));
		if (longer != NULL)
			found = longer;
		before.n = (size_t)(dot - s.at);
	}
	return found;
}

const char *
file_name_ending(const char *plain, const struct strset *endings)
{
	const char *found = ending_of(base_name(plain), endings);

	return found != NULL ? found : ending_of(behind_colon(plain), endings);
}

static bool
is_one_of(struct span s, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strlen(*list) == s.n && strncasecmp(*list, s.at, s.n) == 0)
			return true;
	return false;
}

/* What is behind the last dot; s becomes what is before it, trimmed. */
static struct span
cut_ending(struct span *s)
{
	const char *dot = last_dot(*s);
	struct span ending = { s->at + s->n, 0 };

	if (dot == NULL)
		return ending;
	ending.at = dot + 1;
	ending.n = s->n - (size_t)(ending.at - s->at);
	s->n = (size_t)(dot - s->at);
	while (s->n > 0 && strchr(" \t_", s->at[s->n - 1]) != NULL)
		s->n--;
	return ending;
}

bool
file_name_has(const char *name, const char *const *endings)
{
	struct buf plain = BUF_INIT;
	struct span saved, behind;
	bool has;

	if (name == NULL)
		return false;
	file_name_put_plain(&plain, name);
	saved = base_name(plain.data);
	behind = behind_colon(plain.data);
	has = is_one_of(cut_ending(&saved), endings) ||
	    is_one_of(cut_ending(&behind), endings);
	buf_free(&plain);
	return has;
}

static bool
is_double(struct span s)
{
	static const char *const programs[] = { "exe", "scr", "com", "pif",
		"bat", "cmd", "js", "jse", "vbs", "vbe", "wsf", "wsh", "hta",
		"lnk", "msi", "ps1", "cpl", "jar", "reg", "iso", "img", NULL };
	static const char *const documents[] = { "pdf", "doc", "docx", "xls",
		"xlsx", "ppt", "pptx", "odt", "ods", "rtf", "txt", "csv",
		"htm", "html", "jpg", "jpeg", "png", "gif", "bmp", "tif",
		"tiff", "mp3", "mp4", "avi", "mov", "wav", "zip", "eml", NULL };
	struct span ending = cut_ending(&s);

	return is_one_of(ending, programs) &&
	    is_one_of(cut_ending(&s), documents);
}

bool
file_name_is_double(const char *plain)
{
	return is_double(base_name(plain));
}
