/* memory - what the lines before told of a message */

#include "maillog/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/siphash.h"

#define WAYS 4
#define SETS (REMEMBERED_MOST / WAYS)
#define TEXT_MOST 1000

struct remembered {
	uint32_t clock;
	struct memory all[SETS][WAYS];
};

struct remembered *
remembered_new(void)
{
	return mem_alloc(sizeof(struct remembered));
}

void
remembered_forget(struct memory *m)
{
	if (m == NULL)
		return;
	free(m->id);
	free(m->client);
	free(m->name);
	free(m->sender);
	free(m->waits);
	memset(m, 0, sizeof *m);
}

static void
forget_each(void *arg, struct memory *m)
{
	(void)arg;
	remembered_forget(m);
}

void
remembered_free(struct remembered *r)
{
	if (r == NULL)
		return;
	remembered_each(r, forget_each, NULL);
	free(r);
}

static struct memory *
set_of(struct remembered *r, struct slice id)
{
	static const uint64_t key[2] = { 0x71756575656964, 0x736179776879 };

	return r->all[siphash(key, id.text, id.n) % SETS];
}

struct memory *
remembered_find(struct remembered *r, struct slice id)
{
	struct memory *m, *set;

	if (id.n == 0)
		return NULL;
	set = set_of(r, id);
	for (m = set; m < set + WAYS; m++)
		if (m->id != NULL && slice_is(id, m->id)) {
			m->used = ++r->clock;
			return m;
		}
	return NULL;
}

struct memory *
remembered_at(struct remembered *r, struct slice id)
{
	struct memory *m = remembered_find(r, id), *set, *oldest;

	if (m != NULL || id.n == 0)
		return m;
	set = oldest = set_of(r, id);
	for (m = set; m < set + WAYS; m++)
		if (m->id == NULL || (oldest->id != NULL &&
		    r->clock - m->used > r->clock - oldest->used))
			oldest = m;
	remembered_forget(oldest);
	oldest->id = mem_ndup(id.text, id.n);
	oldest->used = ++r->clock;
	return oldest;
}

void
remembered_set(char **slot, struct slice text)
{
	if (text.text == NULL)
		return;
	free(*slot);
	*slot = mem_ndup(text.text, text.n < TEXT_MOST ? text.n : TEXT_MOST);
}

void
remembered_each(struct remembered *r, void (*fn)(void *arg, struct memory *m),
    void *arg)
{
	struct memory *m = r->all[0], *end = m + REMEMBERED_MOST;

	for (; m < end; m++)
		if (m->id != NULL)
			fn(arg, m);
}
