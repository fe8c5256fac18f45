/* charset - the text of a part or a word as UTF-8 */

#include "mime/charset.h"

#include <errno.h>
#include <iconv.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

/* Longest sequence of any of them, shift sequences of ISO-2022 included. */
#define CARRY_MAX 16

/*
 * Open converters are reused, because opening one costs as much as converting a
 * page.
 */
#define IDLE_MAX 4

struct charset {
	struct charset *next;	/* idle ones of the same row */
	size_t row;
	iconv_t cd;
	char carry[CARRY_MAX];	/* the start of a character */
	size_t ncarry;
};

/* As mail calls them, and as iconv does. RFC 2046 section 4.1.2 and IANA;
   programs read a label as its superset. */
static const struct {
	const char *name, *as;
} known[] = {
	{ "iso-8859-1", "WINDOWS-1252" }, { "latin1", "WINDOWS-1252" },
	{ "iso-8859-2", "ISO-8859-2" }, { "iso-8859-3", "ISO-8859-3" },
	{ "iso-8859-4", "ISO-8859-4" }, { "iso-8859-5", "ISO-8859-5" },
	{ "iso-8859-6", "ISO-8859-6" }, { "iso-8859-7", "ISO-8859-7" },
	{ "iso-8859-8", "ISO-8859-8" }, { "iso-8859-8-i", "ISO-8859-8" },
	{ "iso-8859-9", "WINDOWS-1254" }, { "iso-8859-10", "ISO-8859-10" },
	{ "iso-8859-13", "ISO-8859-13" }, { "iso-8859-14", "ISO-8859-14" },
	{ "iso-8859-15", "ISO-8859-15" }, { "iso-8859-16", "ISO-8859-16" },
	{ "windows-1250", "WINDOWS-1250" }, { "windows-1251", "WINDOWS-1251" },
	{ "windows-1252", "WINDOWS-1252" }, { "windows-1253", "WINDOWS-1253" },
	{ "windows-1254", "WINDOWS-1254" }, { "windows-1255", "WINDOWS-1255" },
	{ "windows-1256", "WINDOWS-1256" }, { "windows-1257", "WINDOWS-1257" },
	{ "windows-1258", "WINDOWS-1258" }, { "windows-874", "WINDOWS-874" },
	{ "cp1250", "WINDOWS-1250" }, { "cp1251", "WINDOWS-1251" },
	{ "cp1252", "WINDOWS-1252" }, { "cp437", "CP437" },
	{ "cp850", "CP850" }, { "cp852", "CP852" }, { "cp866", "CP866" },
	{ "ibm852", "CP852" }, { "ibm866", "CP866" },
	{ "koi8-r", "KOI8-R" }, { "koi8-u", "KOI8-U" },
	{ "macintosh", "MACINTOSH" }, { "tis-620", "TIS-620" },
	{ "gb2312", "GB18030" }, { "gbk", "GB18030" },
	{ "gb18030", "GB18030" }, { "hz-gb-2312", "HZ" }, { "big5", "BIG5" },
	{ "big5-hkscs", "BIG5-HKSCS" }, { "shift_jis", "CP932" },
	{ "x-sjis", "CP932" }, { "windows-31j", "CP932" },
	{ "euc-jp", "EUC-JP" }, { "iso-2022-jp", "ISO-2022-JP" },
	{ "iso-2022-jp-1", "ISO-2022-JP-2" }, { "iso-2022-jp-2",
	"ISO-2022-JP-2" }, { "euc-kr", "UHC" }, { "ks_c_5601-1987", "UHC" },
	{ "ks_c_5601", "UHC" }, { "iso-2022-kr", "ISO-2022-KR" },
	{ "utf-7", "UTF-7" }, { "unicode-1-1-utf-7", "UTF-7" },
	{ "utf-16", "UTF-16" }, { "utf-16le", "UTF-16LE" },
	{ "utf-16be", "UTF-16BE" }, { "utf-32", "UTF-32" },
	{ "utf-32le", "UTF-32LE" }, { "utf-32be", "UTF-32BE" },
};

bool
charset_is_plain(const char *name)
{
	static const char *const plain[] = { "", "utf-8", "utf8", "us-ascii",
		"ascii", "ansi_x3.4-1968", "iso646-us" };
	size_t i;

	if (name == NULL)
		return true;
	for (i = 0; i < sizeof plain / sizeof plain[0]; i++)
		if (strcasecmp(name, plain[i]) == 0)
			return true;
	return false;
}

bool
charset_holds_ascii(const char *name)
{
	static const char *const others[] = { "utf-16", "utf-32", "utf-7",
		"unicode-1-1-utf-7" };
	size_t i;

	for (i = 0; name != NULL && i < sizeof others / sizeof others[0]; i++)
		if (strncasecmp(name, others[i], strlen(others[i])) == 0)
			return false;
	return true;
}

bool
charset_is_utf16(const char *name)
{
	return name != NULL && strcasecmp(name, "utf-16") == 0;
}

#define NKNOWN (sizeof known / sizeof known[0])

static struct {
	pthread_mutex_t lock;
	struct charset *idle[NKNOWN];
	size_t n[NKNOWN];
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct charset *
take_idle(size_t row)
{
	struct charset *c;

	pthread_mutex_lock(&pool.lock);
	c = pool.idle[row];
	if (c != NULL) {
		pool.idle[row] = c->next;
		pool.n[row]--;
	}
	pthread_mutex_unlock(&pool.lock);
	return c;
}

struct charset *
charset_open(const char *name)
{
	struct charset *c;
	iconv_t cd;
	size_t i;

	if (name == NULL)
		return NULL;
	for (i = 0; i < NKNOWN; i++)
		if (strcasecmp(name, known[i].name) == 0)
			break;
	if (i == NKNOWN)
		return NULL;
	c = take_idle(i);
	if (c != NULL)
		return c;
	cd = iconv_open("UTF-8", known[i].as);
	if (cd == (iconv_t)-1)
		return NULL;
	c = mem_alloc(sizeof *c);
	c->row = i;
	c->cd = cd;
	return c;
}

void
charset_close(struct charset *c)
{
	if (c == NULL)
		return;
	iconv(c->cd, NULL, NULL, NULL, NULL);
	c->ncarry = 0;
	pthread_mutex_lock(&pool.lock);
	if (pool.n[c->row] < IDLE_MAX) {
		c->next = pool.idle[c->row];
		pool.idle[c->row] = c;
		pool.n[c->row]++;
		c = NULL;
	}
	pthread_mutex_unlock(&pool.lock);
	if (c != NULL) {
		iconv_close(c->cd);
		free(c);
	}
}

struct output {
	char *at;
	size_t room;
};

static void
put_unknown(struct output *out)
{
	memcpy(out->at, "\xef\xbf\xbd", 3);
	out->at += 3;
	out->room -= 3;
}

/* Room is kept for U+FFFD, so that a bad byte never waits for room. */
static void
convert(struct charset *c, const char **in, size_t *n, struct output *out)
{
	char *from = (char *)(uintptr_t)*in;
	size_t room = out->room - 3, before = room;
	int error;

	errno = 0;
	iconv(c->cd, &from, n, &out->at, &room);
	error = errno;
	out->room -= before - room;
	*in = from;
	if (error != EILSEQ)
		return;
	put_unknown(out);
	++*in;
	--*n;
}

/* Goes on with the start of a character that the last call left. */
static void
finish_carry(struct charset *c, const char **in, const char *end,
    struct output *out, bool last)
{
	const char *at;
	size_t n;

	while (c->ncarry > 0 && out->room > 8) {
		if (*in < end && c->ncarry < CARRY_MAX)
			c->carry[c->ncarry++] = *(*in)++;
		else if (*in == end && !last)
			return;
		at = c->carry;
		n = c->ncarry;
		convert(c, &at, &n, out);
		if (n == c->ncarry && (n == CARRY_MAX ||
		    (*in == end && last))) {
			put_unknown(out);
			at++;
			n--;
		}
		memmove(c->carry, at, n);
		c->ncarry = n;
	}
}

size_t
charset_put(struct charset *c, const char **in, const char *end, char *out,
    size_t room, bool last)
{
	struct output to = { out, room };
	size_t n, before;

	finish_carry(c, in, end, &to, last);
	while (*in < end && c->ncarry == 0 && to.room > 8) {
		n = before = (size_t)(end - *in);
		convert(c, in, &n, &to);
		if (n == before && n < CARRY_MAX && to.room > 8) {
			memcpy(c->carry, *in, n);
			c->ncarry = n;
			*in = end;
			if (last)
				finish_carry(c, in, end, &to, true);
		} else if (n == before && to.room < room) {
			break;
		} else if (n == before) {
			put_unknown(&to);
			++*in;
		}
	}
	return room - to.room;
}
