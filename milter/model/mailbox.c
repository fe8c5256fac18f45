/* mailbox - a mailbox as SMTP carries it */

#include "model/mailbox.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/idn.h"
#include "base/mem.h"
#include "base/net.h"

#define NAME_BYTES_MAX 255
#define LABEL_MAX 63

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Bytes above 127 are letters here: RFC 6531 section 3.3. */
static bool
is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* What RFC 5322 section 3.2.3 lets stand in an unquoted local part. */
static bool
is_atext(char c)
{
	return is_alnum(c) ||
	    (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* Bytes of the UTF-8 character at p (RFC 3629 section 4), 0 if it is none. */
static size_t
utf8_length(const unsigned char *p)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t n, i;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (p[0] == 0xe0)
		low = 0xa0;	/* overlong */
	else if (p[0] == 0xed)
		high = 0x9f;	/* surrogates */
	else if (p[0] == 0xf0)
		low = 0x90;	/* overlong */
	else if (p[0] == 0xf4)
		high = 0x8f;	/* past U+10FFFF */
	if (p[1] < low || p[1] > high)
		return 0;
	for (i = 2; i < n; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return n;
}

static bool
is_utf8(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n;

	for (; *p != '\0'; p += n)
		if ((n = utf8_length(p)) == 0)
			return false;
	return true;
}

static bool
is_label(const char *label, size_t n)
{
	size_t i;

	if (n == 0 || n > LABEL_MAX || label[0] == '-' || label[n - 1] == '-')
		return false;
	for (i = 0; i < n; i++)
		if (!is_alnum(label[i]) && label[i] != '-' && label[i] != '_')
			return false;
	return true;
}

static bool
is_number(const char *label, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!is_digit(label[i]))
			return false;
	return true;
}

/* Labels between dots; the last one is no number, or it is an address. */
static bool
is_name(const char *name)
{
	size_t n;

	if (strlen(name) > NAME_BYTES_MAX)
		return false;
	for (;; name += n + 1) {
		n = strcspn(name, ".");
		if (!is_label(name, n))
			return false;
		if (name[n] == '\0')
			return !is_number(name, n);
	}
}

bool
mailbox_is_host_name(const char *name)
{
	return is_ascii(name) && is_name(name);
}

bool
mailbox_literal(const char *text, struct ip *ip)
{
	size_t n = strlen(text);
	char inside[IP_TEXT + sizeof "IPv6:"];

	if (n < 3 || n - 2 >= sizeof inside || text[0] != '[' ||
	    text[n - 1] != ']')
		return false;
	memcpy(inside, text + 1, n - 2);
	inside[n - 2] = '\0';
	return ip_parse(inside, ip);
}

static bool
put_literal(struct buf *out, const char *text)
{
	struct ip ip;
	char canonical[IP_TEXT];

	if (!mailbox_literal(text, &ip))
		return false;
	buf_printf(out, "[%s%s]", ip_is_v4(&ip) ? "" : "ipv6:",
	    ip_format(&ip, canonical));
	return true;
}

/* What no library turns into A-labels stands as it is, in lower case. */
static void
put_unconverted(struct buf *out, const char *name)
{
	for (; *name != '\0'; name++)
		buf_putc(out, (char)(*name >= 'A' && *name <= 'Z' ?
		    *name | 0x20 : *name));
}

bool
mailbox_put_domain(struct buf *out, const char *text)
{
	size_t start = out->len;
	bool good;

	if (*text == '[')
		return put_literal(out, text);
	if (!is_utf8(text))
		return false;
	if (!idn_to_ascii(text, out))
		put_unconverted(out, text);
	/* "example.org." is the same domain, and MTAs accept it. */
	if (out->len > start + 1 && out->data[out->len - 1] == '.')
		buf_cut(out, out->len - 1);
	good = is_name(out->data + start);
	if (!good)
		buf_cut(out, start);
	return good;
}

/*
 * After the route in "@a,@b:user@domain" (RFC 5321 appendix C); the text
 * itself when there is none, NULL when it does not end.
 */
static const char *
skip_route(const char *p)
{
	if (*p != '@')
		return p;
	for (;;) {
		if (*p++ != '@')
			return NULL;
		if (*p == '[')
			p += strcspn(p, "]");
		p += strcspn(p, ",:");
		if (*p == ':')
			return p + 1;
		if (*p++ != ',')
			return NULL;
	}
}

/* Quoted-string (section 4.1.2) without its quotes; after it, or NULL. */
static const char *
take_quoted(const char *p, struct buf *local)
{
	for (p++; *p != '"'; p++) {
		if (*p == '\\')
			p++;
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return NULL;
		buf_putc(local, *p);
	}
	return p + 1;
}

/*
 * Dot-string; returns the byte after it, or NULL. Dots may stand anywhere:
 * mailboxes such as "a..b" exist, and MTAs accept them.
 */
static const char *
take_dots(const char *p, struct buf *local)
{
	const char *start = p;

	while (is_atext(*p) || *p == '.')
		p++;
	buf_put(local, start, (size_t)(p - start));
	return p > start ? p : NULL;
}

static bool
parse(struct mailbox *m, const char *text)
{
	struct buf local = BUF_INIT, domain = BUF_INIT;
	const char *p;
	bool good;

	p = *text == '"' ? take_quoted(text, &local) : take_dots(text, &local);
	good = p != NULL && is_utf8(local.data) &&
	    (*p == '\0' || (*p == '@' && mailbox_put_domain(&domain, p + 1)));
	if (good) {
		m->utf8 = !is_ascii(text);
		m->local = buf_steal(&local);
		if (*p == '@') {
			m->literal = domain.data[0] == '[';
			m->domain = buf_steal(&domain);
		}
	}
	buf_free(&local);
	buf_free(&domain);
	return good;
}

/* The text between the angle brackets, if there are any; owned. */
static char *
inside(const char *text)
{
	size_t n;

	text += strspn(text, " \t");
	n = strlen(text);
	while (n > 0 && strchr(" \t", text[n - 1]) != NULL)
		n--;
	if (n >= 2 && text[0] == '<' && text[n - 1] == '>')
		return mem_ndup(text + 1, n - 2);
	return mem_ndup(text, n);
}

bool
mailbox_set(struct mailbox *m, const char *text)
{
	const char *plain;

	mailbox_clear(m);
	m->text = inside(text != NULL ? text : "");
	if (*m->text == '\0') {
		m->null = true;
		return true;
	}
	plain = skip_route(m->text);
	if (plain == NULL || !parse(m, plain))
		return false;
	memmove(m->text, plain, strlen(plain) + 1);
	return true;
}

void
mailbox_clear(struct mailbox *m)
{
	free(m->text);
	free(m->local);
	free(m->domain);
	memset(m, 0, sizeof *m);
}
