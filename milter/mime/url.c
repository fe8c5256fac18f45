/* url - where a link leads, as a browser finds it */

#include "mime/url.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/net.h"
#include "mime/url_labels.h"
#include "model/mailbox.h"

/* No host is longer, however it is written. */
#define HOST_MAX 1024

static const char *const schemes[] = { "http:", "https:", "ftp:", "ws:",
	"wss:", NULL };

static bool
is_slash(char c)
{
	return c == '/' || c == '\\';
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A URL without the characters that browsers remove from it, or from a host. */
static void
put_stripped(struct buf *out, const char *text, size_t n)
{
	size_t i = 0, unseen;

	while (i < n && (unsigned char)text[i] <= ' ')
		i++;
	for (; i < n && out->len < HOST_MAX; i++) {
		unseen = url_unseen(text + i, n - i);
		if (unseen > 0)
			i += unseen - 1;
		else
			buf_putc(out, text[i]);
	}
}

size_t
url_squeeze(char *text, size_t n)
{
	size_t i, to = 0, unseen;

	for (i = 0; i < n; i++) {
		unseen = url_unseen(text + i, n - i);
		if (unseen > 0)
			i += unseen - 1;
		else
			text[to++] = text[i];
	}
	return to;
}

/* %XX becomes its byte. */
static void
put_decoded(struct buf *out, const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		int high = -1, low = -1;

		if (text[i] == '%' && i + 2 < n) {
			high = hex_value(text[i + 1]);
			low = hex_value(text[i + 2]);
		}
		if (high >= 0 && low >= 0 && (high != 0 || low != 0)) {
			buf_putc(out, (char)(high << 4 | low));
			i += 2;
		} else
			buf_putc(out, text[i]);
	}
}

/* One part of an address: 10, 012, 0xa. False: it is no number. */
static bool
take_number(const char *text, size_t n, uint64_t *number)
{
	int base = 10, digit;
	size_t i = 0;

	if (n > 1 && text[0] == '0') {
		base = (text[1] | 0x20) == 'x' ? 16 : 8;
		i = base == 16 ? 2 : 1;
	}
	for (*number = 0; i < n; i++) {
		digit = hex_value(text[i]);
		if (digit < 0 || digit >= base)
			return false;
		*number = *number * (uint64_t)base + (uint64_t)digit;
		if (*number > UINT32_MAX)
			*number = (uint64_t)UINT32_MAX + 1;
	}
	return n > 0;
}

/*
 * "3221225985", "0xc0.2.1", "192.0.2.1": up to four parts, the last of which
 * fills what is left. False: it is no such address.
 */
static bool
take_address(const char *host, uint32_t *address)
{
	uint64_t part = 0, sum = 0;
	size_t n, parts = 0;
	const char *p;

	for (p = host; parts < 4; p += n + 1) {
		n = strcspn(p, ".");
		if (!take_number(p, n, &part))
			return false;
		parts++;
		if (p[n] == '\0' || (p[n] == '.' && p[n + 1] == '\0'))
			break;
		if (part > 255 || parts == 4)
			return false;
		sum = sum << 8 | part;
	}
	if (part >> (8 * (5 - parts)) != 0)
		return false;
	*address = (uint32_t)(sum << (8 * (5 - parts)) | part);
	return true;
}

static bool
put_literal(struct buf *out, const char *host)
{
	char text[IP_TEXT];
	struct ip ip;

	if (!mailbox_literal(host, &ip))
		return false;
	buf_printf(out, ip_is_v4(&ip) ? "%s" : "[%s]", ip_format(&ip, text));
	return true;
}

static bool
put_name(struct buf *out, const char *host)
{
	size_t start = out->len;
	uint32_t address;

	if (!take_address(host, &address)) {
		if (*host == '[' || !url_put_labels(out, host))
			return false;
		/* What A-labels made of it may be an address again. */
		if (!take_address(out->data + start, &address)) {
			if (url_is_name(out->data + start))
				return true;
			buf_cut(out, start);
			return false;
		}
		buf_cut(out, start);
	}
	buf_printf(out, "%u.%u.%u.%u", address >> 24, address >> 16 & 255,
	    address >> 8 & 255, address & 255);
	return true;
}

/* "user:password@host:port" */
static bool
put_authority(struct buf *out, const char *text, size_t n)
{
	const char *at = memrchr(text, '@', n);
	struct buf host = BUF_INIT;
	bool good;

	if (at != NULL) {
		n -= (size_t)(at + 1 - text);
		text = at + 1;
	}
	if (n > 0 && *text == '[') {
		buf_put(&host, text, strcspn(text, "]") + 1 < n ?
		    strcspn(text, "]") + 1 : n);
		good = put_literal(out, host.data);
	} else {
		put_decoded(&host, text, strcspn(text, ":") < n ?
		    strcspn(text, ":") : n);
		good = put_name(out, host.data);
	}
	buf_free(&host);
	return good;
}

static bool
put_behind(struct buf *out, const char *rest)
{
	while (is_slash(*rest))
		rest++;
	return put_authority(out, rest, strcspn(rest, "/\\?#"));
}

/* Behind the scheme of any other URL that names a host: "smb://a.example".
   Three slashes are a file of this machine, but more a share. */
static const char *
behind_other(const char *url)
{
	size_t n = strspn(url, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

	if (n == 4 && strncasecmp(url, "file", 4) == 0 &&
	    strspn(url + n, ":/\\") == 4)
		return NULL;
	return n > 0 && url[n] == ':' && is_slash(url[n + 1]) &&
	    is_slash(url[n + 2]) ? url + n + 1 : NULL;
}

/* Behind the scheme, or NULL: it is none of ours. */
static const char *
behind_scheme(const char *url)
{
	size_t i, n;

	if (is_slash(url[0]) && is_slash(url[1]))
		return url;
	for (i = 0; schemes[i] != NULL; i++) {
		n = strlen(schemes[i]);
		if (strncasecmp(url, schemes[i], n) == 0)
			return url + n;
	}
	return behind_other(url);
}

bool
url_is_absolute(const char *url, size_t n)
{
	size_t i = 0;

	while (i < n && (unsigned char)url[i] <= ' ')
		i++;
	if (i + 2 < n && is_slash(url[i]))
		return is_slash(url[i + 1]);
	while (i < n && ((url[i] | 0x20) >= 'a' && (url[i] | 0x20) <= 'z'))
		i++;
	return i < n && strchr("+-.:", url[i]) != NULL && url[i] != '\0' &&
	    memchr(url + i, ':', n - i) != NULL;
}

size_t
url_user(const char *url, size_t n)
{
	size_t i = 0, start;

	while (i < n && ((url[i] | 0x20) >= 'a' && (url[i] | 0x20) <= 'z'))
		i++;
	i += i < n && url[i] == ':';
	start = i;
	while (i < n && is_slash(url[i]))
		i++;
	if (i == start)
		return 0;
	if (i == n)
		return i - start > 2 ? start + 2 : 0;
	for (start = i; i < n && strchr("/\\?#", url[i]) == NULL; i++)
		;
	return i == n ? start : 0;
}

bool
url_put_host(struct buf *out, const char *url, size_t n)
{
	struct buf stripped = BUF_INIT;
	const char *rest;
	bool good;

	put_stripped(&stripped, url, n);
	rest = behind_scheme(stripped.data);
	good = rest != NULL && put_behind(out, rest);
	buf_free(&stripped);
	return good;
}

bool
url_put_host_behind(struct buf *out, const char *rest, size_t n)
{
	struct buf stripped = BUF_INIT;
	bool good;

	put_stripped(&stripped, rest, n);
	good = put_behind(out, stripped.data);
	buf_free(&stripped);
	return good;
}
