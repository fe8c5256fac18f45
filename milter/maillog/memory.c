/* memory - what earlier lines said of a message */

#include "maillog/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/siphash.h"

#define WAYS 4
#define SETS (LOG_MEMORY_MAX / WAYS)
#define TEXT_MAX 1000
#define WAITS_MAX 8192

struct log_memory {
	uint32_t clock;
	struct log_memory_entry all[SETS][WAYS];
};

struct log_memory *
log_memory_new(void)
{
	return mem_alloc(sizeof(struct log_memory));
}

void
log_memory_forget(struct log_memory_entry *m)
{
	if (m == NULL)
		return;
	free(m->id);
	free(m->client);
	free(m->name);
	free(m->sender);
	free(m->login);
	free(m->waits);
	free(m->offended);
	memset(m, 0, sizeof *m);
}

static void
forget_each(void *arg, struct log_memory_entry *m)
{
	(void)arg;
	log_memory_forget(m);
}

void
log_memory_free(struct log_memory *r)
{
	if (r == NULL)
		return;
	log_memory_each(r, forget_each, NULL);
	free(r);
}

static struct log_memory_entry *
set_of(struct log_memory *r, struct slice id)
{
	static const uint64_t key[2] = { 0x71756575656964, 0x736179776879 };

	return r->all[siphash(key, id.text, id.n) % SETS];
}

struct log_memory_entry *
log_memory_find(struct log_memory *r, struct slice id)
{
	struct log_memory_entry *m, *set;

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

struct log_memory_entry *
log_memory_at(struct log_memory *r, struct slice id)
{
	struct log_memory_entry *m = log_memory_find(r, id), *set, *oldest;

	if (m != NULL || id.n == 0)
		return m;
	set = oldest = set_of(r, id);
	for (m = set; m < set + WAYS; m++)
		if (m->id == NULL || (oldest->id != NULL &&
		    r->clock - m->used > r->clock - oldest->used))
			oldest = m;
	log_memory_forget(oldest);
	oldest->id = mem_ndup(id.text, id.n);
	oldest->used = ++r->clock;
	return oldest;
}

void
log_memory_set(char **slot, struct slice text)
{
	if (text.text == NULL)
		return;
	free(*slot);
	*slot = mem_ndup(text.text, text.n < TEXT_MAX ? text.n : TEXT_MAX);
}

void
log_memory_add(char **slot, struct slice line)
{
	struct buf all = BUF_INIT;

	if (*slot != NULL && **slot != '\0') {
		buf_puts(&all, *slot);
		buf_putc(&all, '\n');
	}
	if (all.len < WAITS_MAX)
		buf_put(&all, line.text, line.n < TEXT_MAX ? line.n :
		    TEXT_MAX);
	free(*slot);
	*slot = buf_steal(&all);
}

void
log_memory_each(struct log_memory *r, void (*fn)(void *arg,
    struct log_memory_entry *m), void *arg)
{
	struct log_memory_entry *m = r->all[0], *end = m + LOG_MEMORY_MAX;

	for (; m < end; m++)
		if (m->id != NULL)
			fn(arg, m);
}
