/* patterns - the patterns of one block of the configuration */

#include "checks/patterns.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/pattern.h"

#define MATCHED_MAX 64
#define TELL_EVERY_MS 1000

bool
patterns_parse(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct patterns *list = slot;
	struct pattern *p = pattern_new(value, errmsg);

	(void)base;
	if (p == NULL)
		return false;
	list->v = mem_room(list->v, list->n, &list->cap, sizeof *list->v);
	list->v[list->n++] = p;
	return true;
}

void
patterns_free(void *slot)
{
	struct patterns *list = slot;

	while (list->n > 0)
		pattern_free(list->v[--list->n]);
	free(list->v);
	memset(list, 0, sizeof *list);
}

char *
patterns_matched(const char *text, size_t from, size_t to)
{
	size_t n = to - from < MATCHED_MAX ? to - from : MATCHED_MAX;

	return mem_ndup(text + from, n);
}

void
patterns_gave_up(const char *block, const struct pattern *p)
{
	static atomic_llong last;
	long long now = (long long)clock_ms(), before = atomic_load(&last);

	if (before != 0 && now - before < TELL_EVERY_MS)
		return;
	if (atomic_compare_exchange_strong(&last, &before, now))
		log_warn("pattern %.200s of \"%.60s\" reached its limit and "
		    "could not tell; please write it more simply",
		    pattern_text(p), block);
}
