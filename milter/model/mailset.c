/* mailset - a set of mailboxes, domains and host names, as admins write them */

#include "model/mailset.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/pattern.h"
#include "model/mailbox.h"
#include "model/mailkey.h"

static bool
add_pattern(struct mailset *set, const char *entry, struct buf *errmsg)
{
	struct pattern *p = pattern_new(entry, errmsg);

	if (p == NULL)
		return false;
	set->patterns = mem_room(set->patterns, set->npatterns, &set->cap,
	    sizeof *set->patterns);
	set->patterns[set->npatterns++] = p;
	return true;
}

static bool
add_name(struct mailset *set, const char *entry, struct buf *errmsg)
{
	struct buf key = BUF_INIT;
	bool good = mailkey_put(&key, entry, errmsg) != 0;

	if (good)
		strset_add(&set->names, key.data);
	buf_free(&key);
	return good;
}

bool
mailset_add(struct mailset *set, const char *entry, struct buf *errmsg)
{
	if (*entry == '\0') {
		buf_puts(errmsg, "an empty value says nothing");
		return false;
	}
	if (strcmp(entry, "*") == 0) {
		set->any = true;
		return true;
	}
	return *entry == '/' ? add_pattern(set, entry, errmsg) :
	    add_name(set, entry, errmsg);
}

bool
mailset_add_host(struct mailset *set, const char *entry, struct buf *errmsg)
{
	const char *at = strrchr(entry, '@');

	if (strcmp(entry, "<>") == 0) {
		buf_puts(errmsg, "\"<>\" is a sender; only host names are "
		    "looked for here");
		return false;
	}
	if (*entry == '/' || *entry == '@' || at == NULL ||
	    strpbrk(entry, "*?") != NULL)
		return mailset_add(set, entry, errmsg);
	buf_printf(errmsg, "\"%.60s\" is a mailbox; only host names are looked "
	    "for here", entry);
	if (at[1] != '\0')
		buf_printf(errmsg, ", as \"%.60s\"", at + 1);
	return false;
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

/* A search among the names, and what it found. */
struct search {
	const struct strset *names;
	const char *found;
};

static bool
try_key(void *arg, const char *key, size_t n)
{
	struct search *s = arg;

	s->found = strset_find(s->names, key, n);
	return s->found != NULL;
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

static const char *
find_mailbox_pattern(const struct mailset *set, const struct mailbox *m)
{
	struct buf whole = BUF_INIT;
	const char *found;

	if (set->npatterns == 0 || m->null)
		return NULL;
	mailkey_put_whole(&whole, m);
	found = find_pattern(set, whole.data, whole.len);
	buf_free(&whole);
	return found;
}

const char *
mailset_find_mailbox(const struct mailset *set, const struct mailbox *m)
{
	struct search s = { &set->names, NULL };

	if (set->names.n > 0)
		mailkey_of_mailbox(m, MAILKEY_ALL, try_key, &s);
	if (s.found == NULL)
		s.found = find_mailbox_pattern(set, m);
	return s.found == NULL && set->any ? "*" : s.found;
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

const char *
mailset_find_name(const struct mailset *set, const char *name)
{
	struct search s = { &set->names, NULL };

	if (name == NULL)
		return NULL;
	if (strchr(name, '@') != NULL)
		return find_as_mailbox(set, name);
	if (set->names.n > 0)
		mailkey_of_name(name, MAILKEY_ALL, try_key, &s);
	if (s.found == NULL)
		s.found = find_pattern(set, name, strlen(name));
	return s.found == NULL && set->any ? "*" : s.found;
}

bool
mailset_parse(void *base, void *slot, const char *value, struct buf *errmsg)
{
	(void)base;
	return mailset_add(slot, value, errmsg);
}

bool
mailset_parse_host(void *base, void *slot, const char *value,
    struct buf *errmsg)
{
	(void)base;
	return mailset_add_host(slot, value, errmsg);
}

void
mailset_free_option(void *slot)
{
	mailset_clear(slot);
}
