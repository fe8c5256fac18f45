/* reply_token - what a piece of a reply's text is */

#include "words/reply_token.h"

#include <string.h>
#include <strings.h>

#define RUN_MAX 320

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static const char *
skip_digits(const char *p, const char *end, int max)
{
	while (p < end && max-- > 0 && is_digit(*p))
		p++;
	return p;
}

const char *
token_code(const char *p, const char *end)
{
	if (end - p < 3 || p[0] < '1' || p[0] > '5' || !is_digit(p[1]) ||
	    !is_digit(p[2]))
		return NULL;
	p += 3;
	return p == end || (!is_digit(*p) && !is_letter(*p) && *p != '.') ?
	    p : NULL;
}

const char *
token_status(const char *p, const char *end)
{
	const char *from, *at = p;
	int i;

	if (p == end || (*p != '2' && *p != '4' && *p != '5'))
		return NULL;
	at++;
	for (i = 0; i < 2; i++) {
		if (at == end || *at != '.')
			return NULL;
		from = ++at;
		at = skip_digits(at, end, 3);
		if (at == from)
			return NULL;
	}
	if (at < end && (is_digit(*at) || (*at == '.' && at + 1 < end &&
	    is_digit(at[1]))))
		return NULL;
	return at;
}

static const char *
token_ipv4(const char *p, const char *end)
{
	const char *from;
	int i;

	for (i = 0; i < 4; i++) {
		if (i > 0 && (p == end || *p++ != '.'))
			return NULL;
		from = p;
		p = skip_digits(p, end, 3);
		if (p == from)
			return NULL;
	}
	if (p < end && (is_digit(*p) || is_letter(*p) || *p == '-'))
		return NULL;
	return p;
}

/* Up to four digits and a sign: most of what is asked about are words. */
static bool
begins_ipv6(const char *p, const char *end)
{
	int n;

	for (n = 0; n < 4 && p < end && is_hex(*p); n++)
		p++;
	return p < end && (*p == ':' || *p == '.');
}

static const char *
token_ipv6(const char *p, const char *end)
{
	const char *at = p;
	int colons = 0, digits = 0;
	bool pair = false;

	if (!begins_ipv6(p, end))
		return NULL;
	for (; at < end && (is_hex(*at) || *at == ':' || *at == '.'); at++) {
		if (*at == ':') {
			colons++;
			pair = pair || (at > p && at[-1] == ':');
			digits = 0;
		} else if (++digits > 4 && memchr(p, '.', (size_t)(at - p)) ==
		    NULL && *at != '.')
			return NULL;
	}
	while (at > p && (at[-1] == '.' || (at[-1] == ':' &&
	    (at - p < 2 || at[-2] != ':'))))
		at--;
	if (colons < 2 || (!pair && colons < 7) || at - p < 3)
		return NULL;
	return at < end && is_letter(*at) ? NULL : at;
}

const char *
token_ip(const char *p, const char *end)
{
	const char *at;

	if (end - p > 5 && (*p | 0x20) == 'i' &&
	    strncasecmp(p, "IPv6:", 5) == 0)
		return token_ipv6(p + 5, end);
	if (p < end && is_digit(*p) && (at = token_ipv4(p, end)) != NULL)
		return at;
	return p < end && (is_hex(*p) || *p == ':') ? token_ipv6(p, end) :
	    NULL;
}

const char *
token_url(const char *p, const char *end)
{
	const char *from = p;

	if (end - p < 8 || ((*p | 0x20) != 'h' && (*p | 0x20) != 'w') ||
	    (strncasecmp(p, "http://", 7) != 0 &&
	    strncasecmp(p, "https://", 8) != 0 &&
	    strncasecmp(p, "www.", 4) != 0))
		return NULL;
	while (p < end && *p > ' ' && *p < 127 && strchr("<>\"'()[]{}|",
	    *p) == NULL)
		p++;
	while (p > from && strchr(".,;:!?", p[-1]) != NULL)
		p--;
	return p;
}

static bool
is_of_run(char c)
{
	switch (c) {
	case '.':
	case '_':
	case '+':
	case '=':
	case '@':
	case '%':
	case '-':
	case '/':
	case '!':
		return true;
	default:
		return is_letter(c) || is_digit(c);
	}
}

const char *
token_run(const char *p, const char *end)
{
	const char *from = p;

	if (end - p > RUN_MAX)
		end = p + RUN_MAX;
	while (p < end && is_of_run(*p))
		p++;
	while (p > from && (p[-1] == '.' || p[-1] == '-' || p[-1] == '!' ||
	    p[-1] == '='))
		p--;
	return p;
}

bool
token_is_address(const char *p, const char *end)
{
	const char *at = memchr(p, '@', (size_t)(end - p));

	return at != NULL && at > p && (end - at > 1 || at - p > 1) &&
	    memchr(p, '/', (size_t)(end - p)) == NULL;
}

#define TOP(name) { sizeof name - 1, name }

/* Top domains that are no word which an author forgot a blank before. */
static bool
is_top(const char *p, const char *end)
{
	static const struct {
		unsigned char n;
		char name[15];
	} tops[] = { TOP("com"), TOP("net"), TOP("org"), TOP("edu"),
		TOP("gov"), TOP("mil"), TOP("int"), TOP("info"), TOP("biz"),
		TOP("name"), TOP("example"), TOP("invalid"), TOP("test"),
		TOP("local"), TOP("localdomain"), TOP("localhost"),
		TOP("lan"), TOP("arpa"), TOP("internal"), TOP("cloud"),
		TOP("online"), TOP("email"), TOP("mail"), TOP("app"),
		TOP("dev"), TOP("shop"), TOP("site"), TOP("store"),
		TOP("tech"), TOP("xyz"), TOP("top"), TOP("club"),
		TOP("live"), TOP("outlook"), TOP("prod"), TOP("aero"),
		TOP("coop"), TOP("museum"), TOP("jobs"), TOP("mobi"),
		TOP("zap"), TOP("home"), TOP("corp"), TOP("intern"),
		TOP("berlin"), TOP("hosting") };
	size_t i, n = (size_t)(end - p);

	if (n == 2)
		return is_letter(p[0]) && is_letter(p[1]);
	for (i = 0; i < sizeof tops / sizeof tops[0]; i++)
		if (tops[i].n == n && (*p | 0x20) == tops[i].name[0] &&
		    strncasecmp(p, tops[i].name, n) == 0)
			return true;
	return n > 4 && strncasecmp(p, "xn--", 4) == 0;
}

bool
token_is_host(const char *p, const char *end)
{
	const char *label = p;
	int labels = 1;

	for (; p < end; p++) {
		if (*p == '.') {
			if (p == label)
				return false;
			label = p + 1;
			labels++;
		} else if (!is_letter(*p) && !is_digit(*p) && *p != '-' &&
		    *p != '_')
			return false;
	}
	return labels > 1 && is_top(label, end);
}

static const char *
skip_blanks(const char *p, const char *end)
{
	while (p < end && *p == ' ')
		p++;
	return p;
}

/* The word at p, when it begins with one of the list. */
static const char *
skip_unit(const char *p, const char *end, const char *const *units)
{
	const char *from = p;
	size_t i, n;

	while (p < end && is_letter(*p))
		p++;
	for (i = 0; units[i] != NULL; i++) {
		n = strlen(units[i]);
		if ((size_t)(p - from) >= n && (n > 2 || (size_t)(p - from) ==
		    n) && strncasecmp(from, units[i], n) == 0)
			return p;
	}
	return NULL;
}

/* "00:05:00" */
static const char *
token_clock(const char *p, const char *end)
{
	const char *from = p;
	int i;

	for (i = 0; i < 3; i++) {
		if (i > 0 && (p == end || *p++ != ':'))
			return NULL;
		from = p;
		p = skip_digits(p, end, 2);
		if (p - from != 2)
			return NULL;
	}
	return p;
}

const char *
token_duration(const char *p, const char *end)
{
	static const char *const units[] = { "second", "sec", "minute", "min",
		"hour", "day", "hr", "hrs", "s", "m", "h", "stunde", "sekunde",
		NULL };
	const char *at = token_clock(p, end);

	if (at != NULL)
		return at;
	at = skip_digits(p, end, 7);
	if (at == p)
		return NULL;
	return skip_unit(skip_blanks(at, end), end, units);
}

const char *
token_amount(const char *p, const char *end)
{
	static const char *const units[] = { "byte", "kb", "mb", "gb", "kib",
		"mib", "gib", "kbyte", "mbyte", "octet", "message", "recipient",
		"hop", "connection", "k", "m", "mail", "character", "meg",
		NULL };
	const char *at = skip_digits(p, end, 15), *unit;

	if (at == p || at == end)
		return at == p ? NULL : at;
	if (*at == '.' && at + 1 < end && is_digit(at[1]))
		at = skip_digits(at + 1, end, 6);
	unit = skip_unit(skip_blanks(at, end), end, units);
	return unit != NULL ? unit : at;
}
