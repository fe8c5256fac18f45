/* mailset - a set of mailboxes, domains and host names, as admins write them */

#include "model/mailset.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/pattern.h"
#include "model/mailbox.h"

/* An entry may not be longer, so no longer key need be looked up. */
#define KEY_MOST 512

static bool
add_pattern(struct mailset *set, const char *entry, struct buf *why)
{
	struct pattern *p = pattern_new(entry, why);

	if (p == NULL)
		return false;
	set->patterns = mem_room(set->patterns, set->npatterns, &set->cap,
	    sizeof *set->patterns);
	set->patterns[set->npatterns++] = p;
	return true;
}

/* "example.org" or ".example.org". */
static bool
put_domain(struct buf *key, const char *entry, struct buf *why)
{
	bool below = *entry == '.';

	if (below)
		buf_putc(key, '.');
	if ((!below || entry[1] != '[') &&
	    mailbox_put_domain(key, entry + below))
		return true;
	if (strncmp(entry, "*.", 2) == 0)
		buf_printf(why, "\"%.60s\": write \"%.60s\" for every domain "
		    "below that one", entry, entry + 1);
	else
		buf_printf(why, "\"%.60s\" is no domain, mailbox or /pattern/",
		    entry);
	return false;
}

/* "user@example.org" or "user@". */
static bool
put_mailbox(struct buf *key, const char *entry, struct buf *why)
{
	bool anywhere = entry[strlen(entry) - 1] == '@';
	struct buf whole = BUF_INIT;
	struct mailbox m = { .text = NULL };
	bool good;

	buf_printf(&whole, "%s%s", entry, anywhere ? "any.example" : "");
	good = *entry != '@' && *entry != '<' && mailbox_set(&m, whole.data) &&
	    m.domain != NULL;
	if (good)
		buf_printf(key, "%s@%s", m.local, anywhere ? "" : m.domain);
	else if (*entry == '@')
		buf_printf(why, "\"%.60s\": write \"%.60s\" for every mailbox "
		    "of that domain", entry, entry + 1);
	else
		buf_printf(why, "\"%.60s\" is no mailbox like "
		    "user@example.org", entry);
	mailbox_clear(&m);
	buf_free(&whole);
	return good;
}

static bool
add_name(struct mailset *set, const char *entry, struct buf *why)
{
	struct buf key = BUF_INIT;
	bool good;

	good = strchr(entry, '@') != NULL ? put_mailbox(&key, entry, why) :
	    put_domain(&key, entry, why);
	if (good && key.len > KEY_MOST) {
		buf_printf(why, "\"%.60s...\" is too long", entry);
		good = false;
	}
	if (good)
		strset_add(&set->names, key.data);
	buf_free(&key);
	return good;
}

bool
mailset_add(struct mailset *set, const char *entry, struct buf *why)
{
	if (*entry == '\0') {
		buf_puts(why, "an empty value says nothing");
		return false;
	}
	if (strcmp(entry, "*") == 0) {
		set->any = true;
		return true;
	}
	if (strcmp(entry, "<>") == 0) {
		strset_add(&set->names, entry);
		return true;
	}
	return *entry == '/' ? add_pattern(set, entry, why) :
	    add_name(set, entry, why);
}

bool
mailset_is_empty(const struct mailset *set)
{
	return set->names.n == 0 && set->npatterns == 0 && !set->any;
}

void
mailset_clear(struct mailset *set)
{
	size_t i;

	for (i = 0; i < set->npatterns; i++)
		pattern_free(set->patterns[i]);
	free(set->patterns);
	strset_free(&set->names);
	memset(set, 0, sizeof *set);
}

/* The domain itself, then each domain above it with a dot in front. */
static const char *
find_domain(const struct mailset *set, const char *domain)
{
	size_t n = strlen(domain);
	const char *found = strset_find(&set->names, domain, n);
	const char *dot = domain;

	if (*domain == '[')
		return found;
	while (found == NULL && (dot = strchr(dot, '.')) != NULL) {
		found = strset_find(&set->names, dot,
		    n - (size_t)(dot - domain));
		dot++;
	}
	return found;
}

/* "local@domain"; 0 when it is longer than any entry. */
static size_t
make_key(char key[KEY_MOST], const char *local, size_t n, const char *domain)
{
	size_t m = strlen(domain);

	if (n + 1 + m > KEY_MOST)
		return 0;
	memcpy(key, local, n);
	key[n] = '@';
	memcpy(key + n + 1, domain, m);
	return n + 1 + m;
}

/* The mailbox of the first n bytes of its local part, in this domain. */
static const char *
find_local(const struct mailset *set, const struct mailbox *m, size_t n,
    const char *domain)
{
	char key[KEY_MOST];
	size_t length = make_key(key, m->local, n, domain);

	return length != 0 ? strset_find(&set->names, key, length) : NULL;
}

static const char *
find_valid(const struct mailset *set, const struct mailbox *m)
{
	size_t whole = strlen(m->local), plain = strcspn(m->local, "+");
	const char *domain = m->domain != NULL ? m->domain : "";
	const char *found;

	if (plain == 0)
		plain = whole;
	if ((found = find_local(set, m, whole, domain)) != NULL ||
	    (found = find_local(set, m, plain, domain)) != NULL ||
	    (found = find_local(set, m, whole, "")) != NULL ||
	    (found = find_local(set, m, plain, "")) != NULL)
		return found;
	return m->domain != NULL ? find_domain(set, m->domain) : NULL;
}

static const char *
find_pattern(const struct mailset *set, const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < set->npatterns; i++)
		if (pattern_match(set->patterns[i], text, n, NULL, NULL) ==
		    PATTERN_YES)
			return pattern_text(set->patterns[i]);
	return NULL;
}

/* Patterns see the mailbox as it compares: unquoted, without a route. */
static const char *
find_mailbox_pattern(const struct mailset *set, const struct mailbox *m)
{
	struct buf whole = BUF_INIT;
	const char *found;

	if (set->npatterns == 0 || m->null)
		return NULL;
	buf_puts(&whole, m->local != NULL ? m->local : m->text);
	if (m->domain != NULL)
		buf_printf(&whole, "@%s", m->domain);
	found = find_pattern(set, whole.data, whole.len);
	buf_free(&whole);
	return found;
}

const char *
mailset_find_mailbox(const struct mailset *set, const struct mailbox *m)
{
	const char *found = NULL;

	if (m->null)
		found = strset_find(&set->names, "<>", 2);
	else if (set->names.n > 0 && m->local != NULL)
		found = find_valid(set, m);
	if (found == NULL)
		found = find_mailbox_pattern(set, m);
	return found == NULL && set->any ? "*" : found;
}

static const char *
find_as_mailbox(const struct mailset *set, const char *name)
{
	struct mailbox m = { .text = NULL };
	const char *found;

	mailbox_set(&m, name);
	found = mailset_find_mailbox(set, &m);
	mailbox_clear(&m);
	return found;
}

/* Names that do not look as they are kept need the library. */
static bool
is_plain(const char *name)
{
	const char *p;

	for (p = name; *p != '\0'; p++)
		if ((unsigned char)*p >= 0x80 || *p == '[')
			return false;
	return p == name || p[-1] != '.';
}

static const char *
find_host(const struct mailset *set, const char *name)
{
	struct buf domain = BUF_INIT;
	const char *found = NULL;

	/* ".example.org" as a name is not what the entry means. */
	if (set->names.n == 0 || *name == '.' || *name == '<')
		return NULL;
	if (is_plain(name))
		return find_domain(set, name);
	if (mailbox_put_domain(&domain, name))
		found = find_domain(set, domain.data);
	buf_free(&domain);
	return found;
}

const char *
mailset_find_name(const struct mailset *set, const char *name)
{
	const char *found;

	if (name == NULL)
		return NULL;
	if (strchr(name, '@') != NULL)
		return find_as_mailbox(set, name);
	found = find_host(set, name);
	if (found == NULL)
		found = find_pattern(set, name, strlen(name));
	return found == NULL && set->any ? "*" : found;
}

bool
mailset_take(void *base, void *slot, const char *value, struct buf *why)
{
	(void)base;
	return mailset_add(slot, value, why);
}

void
mailset_drop(void *slot)
{
	mailset_clear(slot);
}
