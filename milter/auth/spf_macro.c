/* spf_macro - macros of SPF (RFC 7208 section 7) */

#include "auth/spf_macro.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"

#define DOMAIN_MAX 253
#define PARTS_MAX 128		/* more than any name has */
#define EXPANDED_MAX 8192	/* of an explanation */

#define DELIMITERS ".-+,/_="
#define LETTERS "slodiphv"
#define LETTERS_OF_EXPLANATIONS "slodiphvcrt"

/* "%{d2r-}": d, 2, r, "-" */
struct expand {
	char letter;
	unsigned keep;		/* 0: all */
	bool reverse;
	char delimiters[sizeof DELIMITERS];
	bool escape;		/* the letter is a capital one */
};

/*
 * Reads what follows "%{"; returns how many bytes with the "}", 0: it is no
 * macro.
 */
static size_t
read_expand(const char *at, const char *letters, struct expand *e)
{
	const char *begin = at;
	size_t n;

	memset(e, 0, sizeof *e);
	e->letter = (char)tolower((unsigned char)*at);
	e->escape = isupper((unsigned char)*at) != 0;
	if (*at == '\0' || strchr(letters, e->letter) == NULL)
		return 0;
	at++;
	if (isdigit((unsigned char)*at)) {
		for (; isdigit((unsigned char)*at); at++)
			if (e->keep < PARTS_MAX)
				e->keep = e->keep * 10 +
				    (unsigned)(*at - '0');
		if (e->keep == 0)
			return 0;
	}
	e->reverse = *at == 'r' || *at == 'R';
	at += e->reverse;
	n = strspn(at, DELIMITERS);
	if (n >= sizeof e->delimiters)
		return 0;
	memcpy(e->delimiters, n > 0 ? at : ".", n > 0 ? n : 1);
	at += n;
	return *at == '}' ? (size_t)(at + 1 - begin) : 0;
}

/*
 * One macro-expand or macro-literal at `at`; returns how long it is, 0: it is
 * neither. *macro: it was a "%{…}".
 */
static size_t
read_piece(const char *at, const char *letters, bool *macro)
{
	struct expand e;
	size_t n;

	*macro = false;
	if (*at != '%')
		return *at > ' ' && *at <= '~' ? 1 : 0;
	if (at[1] == '{') {
		*macro = true;
		n = read_expand(at + 2, letters, &e);
		return n > 0 ? n + 2 : 0;
	}
	return at[1] == '%' || at[1] == '_' || at[1] == '-' ? 2 : 0;
}

static bool
is_string(const char *text, const char *letters, const char *also,
    bool *ends_in_macro)
{
	size_t n;

	*ends_in_macro = false;
	while (*text != '\0') {
		n = *also != '\0' && *text == *also ? 1 :
		    read_piece(text, letters, ends_in_macro);
		if (n == 0)
			return false;
		text += n;
	}
	return true;
}

bool
spf_macro_is_string(const char *text)
{
	bool macro;

	return is_string(text, LETTERS, "", &macro);
}

bool
spf_macro_is_explanation(const char *text)
{
	bool macro;

	return is_string(text, LETTERS_OF_EXPLANATIONS, " ", &macro);
}

/* toplabel: letters, digits, inner hyphens, and not digits alone. */
static bool
is_top_label(const char *label, size_t n)
{
	bool alpha = false;
	size_t i;

	if (n == 0 || label[0] == '-' || label[n - 1] == '-')
		return false;
	for (i = 0; i < n; i++) {
		if (!isalnum((unsigned char)label[i]) && label[i] != '-')
			return false;
		alpha |= !isdigit((unsigned char)label[i]);
	}
	return alpha;
}

/* domain-end: a macro, or a dot and a top label, with or without a last dot. */
bool
spf_macro_is_domain(const char *text)
{
	size_t n = strlen(text), label;
	bool macro;

	if (!is_string(text, LETTERS, "", &macro))
		return false;
	if (macro)
		return true;
	if (n > 0 && text[n - 1] == '.')
		n--;
	for (label = 0; label < n && text[n - label - 1] != '.'; label++)
		;
	return label < n && is_top_label(text + n - label, label);
}

/* "192.0.2.7", or nibbles with dots between them. */
static void
put_dotted(const struct ip *ip, struct buf *out)
{
	char text[IP_TEXT];
	size_t i;

	if (ip_is_v4(ip)) {
		buf_puts(out, ip_format(ip, text));
		return;
	}
	for (i = 0; i < 16; i++)
		buf_printf(out, "%s%X.%X", i > 0 ? "." : "", ip->b[i] >> 4,
		    ip->b[i] & 15u);
}

static void
put_letter(const struct spf_macro *m, char letter, struct buf *out)
{
	char text[IP_TEXT];

	switch (letter) {
	case 's':
		buf_printf(out, "%s@%s", m->local, m->domain);
		break;
	case 'l':
		buf_puts(out, m->local);
		break;
	case 'o':
		buf_puts(out, m->domain);
		break;
	case 'd':
		buf_puts(out, m->current);
		break;
	case 'i':
		put_dotted(&m->client, out);
		break;
	case 'p':
		m->put_name(m->arg, out);
		break;
	case 'h':
		buf_puts(out, m->helo);
		break;
	case 'v':
		buf_puts(out, ip_is_v4(&m->client) ? "in-addr" : "ip6");
		break;
	case 'c':
		buf_puts(out, ip_format(&m->client, text));
		break;
	case 'r':
		buf_puts(out, m->receiver);
		break;
	case 't':
		buf_printf(out, "%lld", (long long)time(NULL));
		break;
	}
}

/* RFC 3986 section 2.3: what needs no escape in a URL. */
static void
put_escaped(const char *text, size_t n, bool escape, struct buf *out)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (escape && !isalnum((unsigned char)text[i]) &&
		    strchr("-._~", text[i]) == NULL)
			buf_printf(out, "%%%02X", (unsigned char)text[i]);
		else
			buf_putc(out, text[i]);
}

/* Section 7.3: divided, turned round, cut from the left, joined by dots. */
static void
put_parts(const struct expand *e, const char *value, struct buf *out)
{
	const char *part[PARTS_MAX];
	size_t length[PARTS_MAX], n = 0, i, from, at;

	for (;;) {
		part[n] = value;
		length[n] = n < PARTS_MAX - 1 ?
		    strcspn(value, e->delimiters) : strlen(value);
		value += length[n++];
		if (*value == '\0')
			break;
		value++;
	}
	from = e->keep > 0 && e->keep < n ? n - e->keep : 0;
	for (i = from; i < n; i++) {
		at = e->reverse ? n - 1 - i : i;
		if (i > from)
			buf_putc(out, '.');
		put_escaped(part[at], length[at], e->escape, out);
	}
}

/* One piece at `at`; returns its length. */
static size_t
put_piece(const struct spf_macro *m, const char *at, struct buf *out)
{
	struct buf value = BUF_INIT;
	struct expand e;
	size_t n;

	if (*at != '%') {
		buf_putc(out, *at);
		return 1;
	}
	if (at[1] != '{') {
		buf_puts(out, at[1] == '%' ? "%" : at[1] == '_' ? " " :
		    "%20");
		return 2;
	}
	n = read_expand(at + 2, LETTERS_OF_EXPLANATIONS, &e);
	put_letter(m, e.letter, &value);
	put_parts(&e, value.data, out);
	buf_free(&value);
	return n + 2;
}

void
spf_macro_put(const struct spf_macro *m, const char *text, struct buf *out)
{
	while (*text != '\0' && out->len < EXPANDED_MAX)
		text += put_piece(m, text, out);
}

void
spf_macro_put_domain(const struct spf_macro *m, const char *text,
    struct buf *out)
{
	struct buf whole = BUF_INIT;
	const char *from, *dot;

	spf_macro_put(m, text, &whole);
	if (whole.len > 0 && whole.data[whole.len - 1] == '.')
		buf_cut(&whole, whole.len - 1);
	for (from = whole.data; strlen(from) > DOMAIN_MAX; from = dot + 1) {
		dot = strchr(from, '.');
		if (dot == NULL)
			break;
	}
	buf_puts(out, from);
	buf_free(&whole);
}
