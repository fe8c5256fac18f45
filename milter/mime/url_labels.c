/* url_labels - the name of a host as a browser asks DNS for it */

#include "mime/url_labels.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/idn.h"

#define LABEL_MAX 63
#define NAME_MAX_BYTES 253
#define CHARACTERS_MAX 63	/* each takes at least one in its A-label */

/* One character; 0: it is no UTF-8. *n: its bytes. */
static uint32_t
take_utf8(const char *p, size_t *n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)p;
	uint32_t c = *u;
	size_t i;

	*n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	if (c < 0x80)
		return c;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	c &= 0xffu >> (*n + 1);
	for (i = 1; i < *n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3f);
	}
	return c < least[*n] || c > 0x10ffff ? 0 : c;
}

/* RFC 3492 section 6.1. */
static uint32_t
adapt(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;

	delta /= first ? 700 : 2;
	for (delta += delta / points; delta > 455; k += 36)
		delta /= 35;
	return k + 36 * delta / (delta + 38);
}

/* A number of variable length, section 6.3. */
static void
put_delta(struct buf *out, uint32_t delta, uint32_t bias)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	uint32_t k, t;

	for (k = 36;; k += 36) {
		t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
		if (delta < t)
			break;
		buf_putc(out, digits[t + (delta - t) % (36 - t)]);
		delta = (delta - t) / (36 - t);
	}
	buf_putc(out, digits[delta]);
}

/* Section 6.3; the label has CHARACTERS_MAX characters at most. */
static void
put_punycode(struct buf *out, const uint32_t *c, size_t n)
{
	uint32_t code = 0x80, delta = 0, bias = 72, next;
	size_t i, basic = 0, done;

	for (i = 0; i < n; i++)
		if (c[i] < 0x80) {
			buf_putc(out, (char)c[i]);
			basic++;
		}
	if (basic > 0)
		buf_putc(out, '-');
	for (done = basic; done < n; delta++, code++) {
		for (next = UINT32_MAX, i = 0; i < n; i++)
			if (c[i] >= code && c[i] < next)
				next = c[i];
		delta += (next - code) * (uint32_t)(done + 1);
		code = next;
		for (i = 0; i < n; i++) {
			delta += c[i] < code;
			if (c[i] != code)
				continue;
			put_delta(out, delta, bias);
			bias = adapt(delta, (uint32_t)done + 1, done == basic);
			delta = 0;
			done++;
		}
	}
}

/* What is not seen counts for nothing (UTS 46 section 4, "ignored"). */
static bool
is_ignored(uint32_t c)
{
	return c == 0xad || (c >= 0x200b && c <= 0x200d) ||
	    (c >= 0x2060 && c <= 0x2064) || (c >= 0xfe00 && c <= 0xfe0f) ||
	    c == 0xfeff;
}

size_t
url_unseen(const char *text, size_t n)
{
	char c[5] = "";
	size_t used;
	uint32_t code;

	if ((unsigned char)*text < 0x80)
		return *text == '\0' || strchr("\t\n\r", *text) != NULL;
	memcpy(c, text, n < 4 ? n : 4);
	code = take_utf8(c, &used);
	return code != 0 && is_ignored(code) ? used : 0;
}

/* What IDNA2008 does not take, as emoji. */
static bool
put_loose(struct buf *out, const char *label)
{
	uint32_t c[CHARACTERS_MAX], code;
	size_t n = 0, used;

	for (; *label != '\0'; label += used) {
		code = take_utf8(label, &used);
		if (code == 0 || n == CHARACTERS_MAX)
			return false;
		if (!is_ignored(code))
			c[n++] = code >= 'A' && code <= 'Z' ? code | 0x20 :
			    code;
	}
	if (n == 0)
		return false;
	buf_puts(out, "xn--");
	put_punycode(out, c, n);
	return true;
}

/* Bytes of the dot that stands here (UTS 46 section 4), 0: none. */
static size_t
dot_length(const char *p)
{
	if (*p == '.')
		return 1;
	return memcmp(p, "\343\200\202", strnlen(p, 3)) == 0 ||
	    memcmp(p, "\357\274\216", strnlen(p, 3)) == 0 ||
	    memcmp(p, "\357\275\241", strnlen(p, 3)) == 0 ? strnlen(p, 3) : 0;
}

/* Forbidden in a host: the link leads nowhere. */
static bool
is_forbidden(const char *label)
{
	for (; *label != '\0'; label++)
		if ((unsigned char)*label <= ' ' || *label == 127 ||
		    strchr("#/:<>?@[\\]^|%", *label) != NULL)
			return true;
	return false;
}

static bool
is_plain(const char *label)
{
	return label[strspn(label, "abcdefghijklmnopqrstuvwxyz0123456789-_.")]
	    == '\0';
}

/* One label, and the dot before it; false: it ends the search. */
static bool
put_label(struct buf *out, size_t start, const struct buf *label)
{
	struct buf ascii = BUF_INIT;
	bool good;

	good = label->len > 0 && !is_forbidden(label->data) &&
	    (idn_to_ascii(label->data, &ascii) ||
	    put_loose(&ascii, label->data));
	if (good && ascii.len <= LABEL_MAX && is_plain(ascii.data)) {
		if (out->len > start)
			buf_putc(out, '.');
		buf_puts(out, ascii.data);
	} else {
		buf_cut(out, start);
	}
	buf_free(&ascii);
	return good;
}

bool
url_is_name(const char *name)
{
	const char *last = strrchr(name, '.');

	return last != NULL && last != name && strlen(name) <= NAME_MAX_BYTES &&
	    strspn(last + 1, "0123456789") != strlen(last + 1);
}

bool
url_put_labels(struct buf *out, const char *host)
{
	struct buf label = BUF_INIT;
	size_t start = out->len, dot = 1;
	bool good = true;

	for (; good && dot > 0 && *host != '\0'; host += dot) {
		buf_clear(&label);
		while (*host != '\0' && dot_length(host) == 0)
			buf_putc(&label, *host++);
		dot = dot_length(host);
		good = put_label(out, start, &label);
	}
	buf_free(&label);
	good &= out->len > start;
	if (!good)
		buf_cut(out, start);
	return good;
}
