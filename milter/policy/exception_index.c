/* exception_index - which exceptions may be about a session or a recipient */

#include "policy/exception_index.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/option.h"
#include "model/mailbox.h"
#include "model/mailkey.h"
#include "policy/exception.h"

static const struct exception *
exception_at(const struct option_items *all, size_t i)
{
	return all->v[i];
}

static void
add_link(struct exception_index *x, const struct net *net, size_t exception)
{
	size_t at = (size_t)(netset_get(&x->nets, net) - x->nets.v);

	x->links[x->nlinks] = (struct exception_link){
		.exception = exception, .next = x->first[at] };
	x->first[at] = x->nlinks++;
}

static void
build_networks(struct exception_index *x, const struct option_items *all)
{
	const struct exception *e;
	size_t i, j, links = 0;

	for (i = 0; i < all->n; i++) {
		e = exception_at(all, i);
		for (j = 0; j < e->clients.n; j++)
			netset_add(&x->nets, &e->clients.v[j]);
		links += e->clients.n;
	}
	x->links = mem_array(links, sizeof *x->links);
	x->first = mem_array(x->nets.n, sizeof *x->first);
	for (i = 0; i < x->nets.n; i++)
		x->first[i] = EXCEPTION_NONE;
	/* From the last, for each goes in front of those that are there. */
	for (i = all->n; i-- > 0;) {
		e = exception_at(all, i);
		for (j = 0; j < e->clients.n; j++)
			add_link(x, &e->clients.v[j], i);
	}
}

/* Can all its entries be found by a key? */
static bool
is_plain(const struct mailset *set)
{
	return set->names.n > 0 && set->npatterns == 0 && !set->any;
}

static void
add_names(struct exception_keys *keys, const struct strset *names,
    size_t exception)
{
	size_t i;

	for (i = 0; i < names->size; i++) {
		if (names->slots[i] == NULL)
			continue;
		keys->v = mem_room(keys->v, keys->n, &keys->cap,
		    sizeof *keys->v);
		keys->v[keys->n++] = (struct exception_key){
			names->slots[i], exception };
	}
}

/* By the first of its names that can be found; else it is one of the others. */
static void
add_one(struct exception_index *x, const struct exception *e, size_t number)
{
	const struct mailset *const sets[EXCEPTION_NAMES] = {
		[EXCEPTION_BY_LOGIN] = &e->logins,
		[EXCEPTION_BY_SENDER] = &e->senders,
		[EXCEPTION_BY_HELO] = &e->helos,
		[EXCEPTION_BY_RECIPIENT] = &e->recipients,
	};
	size_t i;

	for (i = 0; i < EXCEPTION_NAMES; i++)
		if (is_plain(sets[i])) {
			add_names(&x->names[i], &sets[i]->names, number);
			return;
		}
	x->others[x->nothers++] = number;
}

/* Without regard to case, as struct strset. */
static int
by_key(const void *a, const void *b)
{
	const struct exception_key *x = a, *y = b;

	return strcasecmp(x->key, y->key);
}

void
exception_index_build(struct exception_index *x,
    const struct option_items *all)
{
	const struct exception *e;
	size_t i;

	exception_index_free(x);
	build_networks(x, all);
	x->others = mem_array(all->n, sizeof *x->others);
	for (i = 0; i < all->n; i++) {
		e = exception_at(all, i);
		if (e->clients.n == 0)
			add_one(x, e, i);
	}
	for (i = 0; i < EXCEPTION_NAMES; i++)
		if (x->names[i].n > 0)
			qsort(x->names[i].v, x->names[i].n,
			    sizeof *x->names[i].v, by_key);
}

void
exception_index_free(struct exception_index *x)
{
	size_t i;

	netset_free(&x->nets);
	free(x->first);
	free(x->links);
	free(x->others);
	for (i = 0; i < EXCEPTION_NAMES; i++)
		free(x->names[i].v);
	memset(x, 0, sizeof *x);
}

static void
found_add(struct exception_found *found, size_t exception)
{
	found->v = mem_room(found->v, found->n, &found->cap,
	    sizeof *found->v);
	found->v[found->n++] = exception;
}

/* A search by the keys of one name. */
struct lookup {
	const struct exception_keys *keys;
	struct exception_found *found;
};

static int
compare(const char *key, const char *text, size_t n)
{
	int order = strncasecmp(key, text, n);

	return order != 0 ? order : key[n] != '\0';
}

/* All keys that are equal; false, so that each key of the name is tried. */
static bool
try_key(void *arg, const char *text, size_t n)
{
	const struct lookup *l = arg;
	size_t from = 0, to = l->keys->n, middle;

	while (from < to) {
		middle = from + (to - from) / 2;
		if (compare(l->keys->v[middle].key, text, n) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < l->keys->n &&
	    compare(l->keys->v[from].key, text, n) == 0; from++)
		found_add(l->found, l->keys->v[from].exception);
	return false;
}

static void
find_mailbox(const struct exception_keys *keys, const struct mailbox *m,
    struct exception_found *found)
{
	struct lookup l = { keys, found };

	if (keys->n > 0)
		mailkey_of_mailbox(m, MAILKEY_ALL, try_key, &l);
}

/* As mailset_find_name(): one with an "@" is a mailbox. */
static void
find_name(const struct exception_keys *keys, const char *name,
    struct exception_found *found)
{
	struct lookup l = { keys, found };
	struct mailbox m = { .text = NULL };

	if (keys->n == 0 || name == NULL)
		return;
	if (strchr(name, '@') == NULL) {
		mailkey_of_name(name, MAILKEY_ALL, try_key, &l);
		return;
	}
	mailbox_set(&m, name);
	find_mailbox(keys, &m, found);
	mailbox_clear(&m);
}

static void
find_client(const struct exception_index *x, const struct ip *client,
    struct exception_found *found)
{
	const struct net *net = NULL;
	size_t link;

	while ((net = netset_next(&x->nets, client, net)) != NULL)
		for (link = x->first[net - x->nets.v]; link != EXCEPTION_NONE;
		    link = x->links[link].next)
			found_add(found, x->links[link].exception);
}

static int
ascending(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

struct exception_found
exception_index_find(const struct exception_index *x, const struct session *s)
{
	struct exception_found found = { .v = NULL };
	size_t i;

	for (i = 0; i < x->nothers; i++)
		found_add(&found, x->others[i]);
	find_client(x, &s->client, &found);
	find_name(&x->names[EXCEPTION_BY_LOGIN], s->login, &found);
	find_name(&x->names[EXCEPTION_BY_HELO], s->helo, &found);
	find_mailbox(&x->names[EXCEPTION_BY_SENDER], &s->sender, &found);
	if (found.n > x->nothers)
		qsort(found.v, found.n, sizeof *found.v, ascending);
	return found;
}

struct exception_found
exception_index_of_rcpt(const struct exception_index *x,
    const struct mailbox *rcpt)
{
	struct exception_found found = { .v = NULL };

	if (rcpt != NULL)
		find_mailbox(&x->names[EXCEPTION_BY_RECIPIENT], rcpt, &found);
	if (found.n > 1)
		qsort(found.v, found.n, sizeof *found.v, ascending);
	return found;
}
