/* mailkey - under which keys a mailbox or a name may stand in a list */

#include "model/mailkey.h"

#include <string.h>

#include "base/buf.h"
#include "base/net.h"
#include "base/utf8.h"
#include "model/mailbox.h"

/* A search: for which kinds, and who looks. */
struct search {
	unsigned kinds;
	mailkey_try *try_key;
	void *arg;
};

static char
lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static void
put_lower(struct buf *key, const char *text)
{
	for (; *text != '\0'; text++)
		buf_putc(key, lower(*text));
}

/* "example.org" or ".example.org"? What is suggested must be taken, too. */
static bool
is_domain(const char *text)
{
	struct buf unread = BUF_INIT;
	bool good = mailbox_put_domain(&unread, text + (*text == '.'));

	buf_free(&unread);
	return good;
}

/* What an entry with "*" and "?" means: a network, or a pattern. */
static void
suggest_pattern(const char *entry, struct buf *errmsg)
{
	char right[NET_TEXT];
	const char *p;

	if (net_guess(entry, right)) {
		buf_printf(errmsg, "\"%.60s\": write the network, \"%s\"",
		    entry, right);
		return;
	}
	buf_printf(errmsg, "\"%.60s\": * and ? stand for themselves here; "
	    "write a pattern, as \"/^", entry);
	for (p = entry; *p != '\0' && p < entry + 60; p++)
		if (*p == '*')
			buf_puts(errmsg, ".*");
		else if (strchr("?^\\", *p) != NULL)
			buf_putc(errmsg, '.');
		else if (strchr(".+()|{}$[", *p) != NULL)
			buf_printf(errmsg, "[%c]", *p);
		else
			buf_putc(errmsg, *p);
	buf_puts(errmsg, "$/i\"");
}

/* Entries that look like those of shells and other filters. */
static bool
has_wildcard(const char *entry, struct buf *errmsg)
{
	size_t n = strlen(entry);

	if (strpbrk(entry, "*?") == NULL)
		return false;
	if (strncmp(entry, "*.", 2) == 0 && is_domain(entry + 1))
		buf_printf(errmsg,
		    "\"%.60s\": write \"%.60s\" for every domain "
		    "below that one", entry, entry + 1);
	else if (strncmp(entry, "*@", 2) == 0 && is_domain(entry + 2))
		buf_printf(errmsg,
		    "\"%.60s\": write \"%.60s\" for every mailbox "
		    "of that domain", entry, entry + 2);
	else if (n > 2 && strcmp(entry + n - 2, "@*") == 0 &&
	    strcspn(entry, "*?") == n - 1)
		buf_printf(errmsg,
		    "\"%.60s\": write \"%.*s\" for that mailbox in every "
		    "domain", entry, (int)(n - 1 > 60 ? 60 : n - 1), entry);
	else
		suggest_pattern(entry, errmsg);
	return true;
}

/* Blanks and quotes of word processors, and signs that nobody sees. */
static bool
is_typeset(uint32_t c)
{
	return c == 0xa0 || c == 0xab || c == 0xbb ||
	    (c >= 0x2000 && c <= 0x200b) || c == 0x200e || c == 0x200f ||
	    (c >= 0x2018 && c <= 0x201f) || (c >= 0x2028 && c <= 0x202f) ||
	    (c >= 0x205f && c <= 0x206f) || c == 0x3000 || c == 0xfeff;
}

static bool
has_typeset(const char *entry, struct buf *errmsg)
{
	size_t n = strlen(entry), length;
	uint32_t c;

	for (; n > 0; entry += length, n -= length) {
		length = utf8_decode(entry, n, &c);
		if (length == 0)
			return false;
		if (is_typeset(c)) {
			buf_printf(errmsg, "a blank, a quote or an unseen "
			    "sign of a word processor (U+%04X) stands in it: "
			    "write it anew, without", (unsigned)c);
			return true;
		}
	}
	return false;
}

/* "example.org" or ".example.org". */
static enum mailkey
put_domain(struct buf *key, const char *entry, struct buf *errmsg)
{
	bool below = *entry == '.';

	if (below)
		buf_putc(key, '.');
	if ((!below || entry[1] != '[') &&
	    mailbox_put_domain(key, entry + below))
		return below ? MAILKEY_BELOW : MAILKEY_DOMAIN;
	buf_printf(errmsg, "\"%.60s\" is no domain, mailbox or /pattern/",
	    entry);
	return 0;
}

static enum mailkey
put_local(struct buf *key, const struct mailbox *m, bool anywhere)
{
	put_lower(key, m->local);
	buf_putc(key, '@');
	if (!anywhere)
		buf_puts(key, m->domain);
	return anywhere ? MAILKEY_LOCAL : MAILKEY_MAILBOX;
}

/* "user@example.org" or "user@". */
static enum mailkey
put_mailbox(struct buf *key, const char *entry, struct buf *errmsg)
{
	bool anywhere = entry[strlen(entry) - 1] == '@';
	struct buf whole = BUF_INIT;
	struct mailbox m = { .text = NULL };
	enum mailkey kind = 0;

	buf_printf(&whole, "%s%s", entry, anywhere ? "any.example" : "");
	if (*entry != '@' && *entry != '<' && mailbox_set(&m, whole.data) &&
	    m.domain != NULL)
		kind = put_local(key, &m, anywhere);
	else if (*entry == '@' && is_domain(entry + 1))
		buf_printf(errmsg,
		    "\"%.60s\": write \"%.60s\" for every mailbox "
		    "of that domain", entry, entry + 1);
	else
		buf_printf(errmsg, "\"%.60s\" is no mailbox like "
		    "user@example.org", entry);
	mailbox_clear(&m);
	buf_free(&whole);
	return kind;
}

enum mailkey
mailkey_put(struct buf *key, const char *entry, struct buf *errmsg)
{
	size_t start = key->len;
	enum mailkey kind;

	if (strcmp(entry, "<>") == 0) {
		buf_puts(key, entry);
		return MAILKEY_NULL;
	}
	if (has_typeset(entry, errmsg) || has_wildcard(entry, errmsg))
		return 0;
	kind = strchr(entry, '@') != NULL ? put_mailbox(key, entry, errmsg) :
	    put_domain(key, entry, errmsg);
	if (kind != 0 && key->len - start > MAILKEY_MAX) {
		buf_printf(errmsg, "\"%.60s...\" is too long", entry);
		kind = 0;
	}
	if (kind == 0)
		buf_cut(key, start);
	return kind;
}

static bool
try_key(const struct search *s, enum mailkey kind, const char *key, size_t n)
{
	return (s->kinds & kind) != 0 && s->try_key(s->arg, key, n);
}

/* The domain itself, then each domain above it, with a dot before it. */
static bool
try_domain(const struct search *s, const char *domain, size_t n)
{
	const char *end = domain + n, *dot = domain;

	if (try_key(s, MAILKEY_DOMAIN, domain, n))
		return true;
	if (*domain == '[' || (s->kinds & MAILKEY_BELOW) == 0)
		return false;
	while ((dot = memchr(dot, '.', (size_t)(end - dot))) != NULL) {
		if (try_key(s, MAILKEY_BELOW, dot, (size_t)(end - dot)))
			return true;
		dot++;
	}
	return false;
}

/* The first n bytes of the local part, in this domain. */
static bool
try_local(const struct search *s, enum mailkey kind, const struct mailbox *m,
    size_t n, const char *domain)
{
	size_t i, whole = n + 1 + strlen(domain);
	char key[MAILKEY_MAX];

	if ((s->kinds & kind) == 0 || whole > sizeof key)
		return false;
	for (i = 0; i < n; i++)
		key[i] = lower(m->local[i]);
	key[n] = '@';
	memcpy(key + n + 1, domain, whole - n - 1);
	return s->try_key(s->arg, key, whole);
}

/* With its +extension, and without. */
static bool
try_locals(const struct search *s, enum mailkey kind,
    const struct mailbox *m, const char *domain)
{
	size_t whole = strlen(m->local), plain = strcspn(m->local, "+");

	if (try_local(s, kind, m, whole, domain))
		return true;
	return plain > 0 && plain < whole &&
	    (s->kinds & MAILKEY_EXTENDED) == 0 &&
	    try_local(s, kind, m, plain, domain);
}

bool
mailkey_of_mailbox(const struct mailbox *m, unsigned kinds,
    mailkey_try *take, void *arg)
{
	const struct search s = { kinds, take, arg };

	if (m->null)
		return try_key(&s, MAILKEY_NULL, "<>", 2);
	if (m->local == NULL)
		return false;
	return try_locals(&s, MAILKEY_MAILBOX, m,
	    m->domain != NULL ? m->domain : "") ||
	    try_locals(&s, MAILKEY_LOCAL, m, "") ||
	    (m->domain != NULL && try_domain(&s, m->domain,
	    strlen(m->domain)));
}

/* Names that are not stored as they look need the library. */
static bool
is_plain(const char *name)
{
	const char *p;

	for (p = name; *p != '\0'; p++)
		if ((unsigned char)*p >= 0x80 || *p == '[')
			return false;
	return p == name || p[-1] != '.';
}

static bool
try_plain(const struct search *s, const char *name)
{
	size_t i, n = strlen(name);
	char key[MAILKEY_MAX];

	if (n == 0 || n > sizeof key)
		return false;
	for (i = 0; i < n; i++)
		key[i] = lower(name[i]);
	return try_domain(s, key, n);
}

bool
mailkey_of_name(const char *name, unsigned kinds, mailkey_try *take,
    void *arg)
{
	const struct search s = { kinds, take, arg };
	struct buf domain = BUF_INIT;
	bool found;

	/* ".example.org" as a name is not what the entry means. */
	if (*name == '.' || *name == '<')
		return false;
	if (is_plain(name))
		return try_plain(&s, name);
	found = mailbox_put_domain(&domain, name) &&
	    try_domain(&s, domain.data, domain.len);
	buf_free(&domain);
	return found;
}

void
mailkey_put_whole(struct buf *out, const struct mailbox *m)
{
	buf_puts(out, m->local != NULL ? m->local : m->text);
	if (m->domain != NULL)
		buf_printf(out, "@%s", m->domain);
}
