/* spf_record - an SPF record, read (RFC 7208 section 12) */

#include "auth/spf_record.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "auth/spf_macro.h"
#include "base/buf.h"
#include "base/mem.h"

#define VERSION "v=spf1"
#define SHOWN_MAX 60

enum want { WANT_NOTHING, WANT_MAY, WANT_MUST };

/* What may follow the name of a mechanism. */
static const struct {
	const char *name;
	enum want domain;
	bool cidr;		/* dual-cidr-length */
} mechanisms[] = {
	[SPF_ALL] = { "all", WANT_NOTHING, false },
	[SPF_INCLUDE] = { "include", WANT_MUST, false },
	[SPF_A] = { "a", WANT_MAY, true },
	[SPF_MX] = { "mx", WANT_MAY, true },
	[SPF_PTR] = { "ptr", WANT_MAY, false },
	[SPF_IP4] = { "ip4", WANT_MUST, false },
	[SPF_IP6] = { "ip6", WANT_MUST, false },
	[SPF_EXISTS] = { "exists", WANT_MUST, false }
};

#define NMECHANISMS (sizeof mechanisms / sizeof mechanisms[0])

bool
spf_record_is(const char *text, size_t n)
{
	const size_t length = strlen(VERSION);

	return n >= length && strncasecmp(text, VERSION, length) == 0 &&
	    (n == length || text[length] == ' ');
}

/* "0", or digits without a zero in front, at most `max`. */
static bool
read_prefix(const char *digits, size_t n, unsigned max, unsigned *prefix)
{
	size_t i;

	if (n == 0 || n > 3 || (n > 1 && *digits == '0'))
		return false;
	for (*prefix = 0, i = 0; i < n; i++) {
		if (!isdigit((unsigned char)digits[i]))
			return false;
		*prefix = *prefix * 10 + (unsigned)(digits[i] - '0');
	}
	return *prefix <= max;
}

/* The digits at the end of n bytes; how many. */
static size_t
digits_at_end(const char *text, size_t n)
{
	size_t digits = 0;

	while (digits < n && isdigit((unsigned char)text[n - digits - 1]))
		digits++;
	return digits;
}

/*
 * Takes "/24", "//64" or "/24//64" off the end. False: there is one, and it
 * is wrong.
 */
static bool
take_cidr(const char *text, size_t *n, struct spf_term *t)
{
	size_t digits = digits_at_end(text, *n), at = *n - digits;

	if (digits > 0 && at >= 2 && text[at - 1] == '/' &&
	    text[at - 2] == '/') {
		if (!read_prefix(text + at, digits, 128, &t->prefix6))
			return false;
		*n = at - 2;
		digits = digits_at_end(text, *n);
		at = *n - digits;
	}
	if (digits > 0 && at >= 1 && text[at - 1] == '/') {
		if (!read_prefix(text + at, digits, 32, &t->prefix4))
			return false;
		*n = at - 1;
	}
	return true;
}

/* ip4-network or ip6-network with its length. */
static bool
read_network(struct spf_term *t, const char *text, size_t n)
{
	const char *slash = memchr(text, '/', n);
	size_t length = slash != NULL ? (size_t)(slash - text) : n;
	bool v4 = t->kind == SPF_IP4, good;
	char *address = mem_ndup(text, length);

	good = ip_parse(address, &t->ip) &&
	    (strchr(address, ':') == NULL) == v4 &&
	    strncasecmp(address, "ipv6:", 5) != 0;
	free(address);
	if (good && slash != NULL)
		good = read_prefix(slash + 1, n - length - 1, v4 ? 32 : 128,
		    v4 ? &t->prefix4 : &t->prefix6);
	return good;
}

/* What follows the name, from the colon or the slash on. */
static bool
read_rest(struct spf_term *t, const char *rest, size_t n)
{
	enum want want = mechanisms[t->kind].domain;

	if (n > 0 && *rest == ':' && (t->kind == SPF_IP4 ||
	    t->kind == SPF_IP6))
		return read_network(t, rest + 1, n - 1);
	if (mechanisms[t->kind].cidr && !take_cidr(rest, &n, t))
		return false;
	if (n == 0)
		return want != WANT_MUST;
	if (*rest != ':' || want == WANT_NOTHING)
		return false;
	t->domain = mem_ndup(rest + 1, n - 1);
	return spf_macro_is_domain(t->domain);
}

/* False: it is no mechanism, or one with a mistake. */
static bool
read_mechanism(struct spf_record *r, const char *term, size_t n)
{
	bool qualified = n > 0 && strchr("+-~?", *term) != NULL;
	struct spf_term *t;
	size_t name, i;

	r->v = mem_room(r->v, r->n, &r->cap, sizeof *r->v);
	t = &r->v[r->n];
	*t = (struct spf_term){ .qualifier = qualified ? *term : '+',
		.prefix4 = 32, .prefix6 = 128 };
	term += qualified;
	n -= qualified;
	for (name = 0; name < n && isalnum((unsigned char)term[name]); name++)
		;
	for (i = 0; i < NMECHANISMS; i++)
		if (strlen(mechanisms[i].name) == name &&
		    strncasecmp(mechanisms[i].name, term, name) == 0)
			break;
	if (i == NMECHANISMS)
		return false;
	t->kind = (enum spf_kind)i;
	t->text = mem_ndup(term - qualified, n + qualified);
	r->n++;
	return read_rest(t, term + name, n - name);
}

/* name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ), then "=". 0: it is none. */
static size_t
modifier_name(const char *term, size_t n)
{
	size_t i;

	if (n == 0 || !isalpha((unsigned char)*term))
		return 0;
	for (i = 1; i < n && (isalnum((unsigned char)term[i]) ||
	    memchr("-_.", term[i], 3) != NULL); i++)
		;
	return i < n && term[i] == '=' ? i : 0;
}

/* Section 6: redirect and exp at most once; unknown ones are ignored. */
static bool
read_modifier(struct spf_record *r, const char *term, size_t name, size_t n)
{
	char *value = mem_ndup(term + name + 1, n - name - 1), **slot = NULL;
	bool good;

	if (name == 8 && strncasecmp(term, "redirect", 8) == 0)
		slot = &r->redirect;
	else if (name == 3 && strncasecmp(term, "exp", 3) == 0)
		slot = &r->exp;
	good = slot == NULL ? spf_macro_is_string(value) :
	    *slot == NULL && spf_macro_is_domain(value);
	if (good && slot != NULL)
		*slot = value;
	else
		free(value);
	return good;
}

static bool
read_term(struct spf_record *r, const char *term, size_t n)
{
	size_t name = modifier_name(term, n);

	return name > 0 ? read_modifier(r, term, name, n) :
	    read_mechanism(r, term, n);
}

static void
say_wrong(struct buf *errmsg, const char *term, size_t n)
{
	char *shown = mem_ndup(term, n < SHOWN_MAX ? n : SHOWN_MAX);

	buf_printf(errmsg, "syntax error in \"%s\"", shown);
	free(shown);
}

/* Section 12: printable ASCII, terms with blanks between them. */
bool
spf_record_read(struct spf_record *r, const char *text, size_t n,
    struct buf *errmsg)
{
	const char *end = text + n, *at, *next;

	memset(r, 0, sizeof *r);
	for (at = text; at < end; at++)
		if (*at < ' ' || *at > '~') {
			buf_puts(errmsg, "it is not plain ASCII");
			return false;
		}
	for (at = text + strlen(VERSION); at < end; at = next) {
		while (at < end && *at == ' ')
			at++;
		for (next = at; next < end && *next != ' '; next++)
			;
		if (next > at && !read_term(r, at, (size_t)(next - at))) {
			say_wrong(errmsg, at, (size_t)(next - at));
			return false;
		}
	}
	return true;
}

void
spf_record_clear(struct spf_record *r)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		free(r->v[i].text);
		free(r->v[i].domain);
	}
	free(r->v);
	free(r->redirect);
	free(r->exp);
	memset(r, 0, sizeof *r);
}
