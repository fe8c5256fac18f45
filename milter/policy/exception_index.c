/* exception_index - which exceptions may be about a session, by its client */

#include "policy/exception_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/option.h"
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

void
exception_index_build(struct exception_index *x,
    const struct option_items *all)
{
	const struct exception *e;
	size_t i, j, links = 0;

	exception_index_free(x);
	x->others = mem_array(all->n, sizeof *x->others);
	for (i = 0; i < all->n; i++) {
		e = exception_at(all, i);
		if (e->clients.n == 0)
			x->others[x->nothers++] = i;
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

void
exception_index_free(struct exception_index *x)
{
	netset_free(&x->nets);
	free(x->first);
	free(x->links);
	free(x->others);
	memset(x, 0, sizeof *x);
}

static int
ascending(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

size_t *
exception_index_find(const struct exception_index *x, const struct ip *client,
    size_t *n)
{
	size_t count = x->nothers, cap = count, link, *found = NULL;
	const struct net *net = NULL;

	if (count > 0) {
		found = mem_array(count, sizeof *found);
		memcpy(found, x->others, count * sizeof *found);
	}
	while ((net = netset_next(&x->nets, client, net)) != NULL)
		for (link = x->first[net - x->nets.v]; link != EXCEPTION_NONE;
		    link = x->links[link].next) {
			found = mem_room(found, count, &cap, sizeof *found);
			found[count++] = x->links[link].exception;
		}
	if (count > x->nothers)
		qsort(found, count, sizeof *found, ascending);
	*n = count;
	return found;
}
