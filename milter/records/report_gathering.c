/* report_gathering - a report while it is counted */

#include "records/report_gathering.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* NULL: not by record. */
static report_counted *const counted[] = {
#define LIST(id, key, title, max, counted) [REPORT_##id] = counted,
#include "records/report.def"
#undef LIST
};

void
gathering_init(struct gathering *g, struct report *r)
{
	int list;

	memset(g, 0, sizeof *g);
	g->r = r;
	for (list = 0; list < REPORT_LISTS; list++)
		tally_init(&g->lists[list]);
	tally_init(&g->reasons);
	tally_init(&g->deferred);
}

void
gathering_free(struct gathering *g)
{
	int list;

	for (list = 0; list < REPORT_LISTS; list++)
		tally_free(&g->lists[list]);
	tally_free(&g->reasons);
	tally_free(&g->deferred);
	free(g->bars);
}

void
gathering_bars(struct report *r, int64_t step)
{
	size_t i;

	r->step = step;
	r->nbars = (size_t)((r->until - r->since + step - 1) / step);
	for (i = 0; i < r->nbars; i++)
		r->bars[i].begins = r->since + (int64_t)i * step;
}

void
gathering_count_bar(struct gathering *g, const struct report_record *record)
{
	const char *reason = record->reason != NULL ? record->reason :
	    "not recognised";
	size_t bar = (size_t)((record->time - g->r->since) / g->r->step), i;
	size_t nbars = g->r->nbars, was = g->bars_cap;

	if (record->outcome == NULL || strcmp(record->outcome, "observed") ==
	    0 || strcmp(record->outcome, "taken") == 0 || bar >= nbars)
		return;
	i = tally_add(&g->reasons, reason, strlen(reason), record->count,
	    NULL);
	g->bars = mem_room(g->bars, i, &g->bars_cap, nbars * sizeof *g->bars);
	if (g->bars_cap > was)
		memset(g->bars + was * nbars, 0, (g->bars_cap - was) * nbars *
		    sizeof *g->bars);
	g->bars[i * nbars + bar] += record->count;
}

void
gathering_count(struct gathering *g, const struct report_record *record,
    unsigned in)
{
	struct report_key key;
	int list;

	for (list = 0; list < REPORT_LISTS; list++)
		if ((in & 1u << list) != 0 && counted[list] != NULL &&
		    counted[list](record, &key))
			tally_add(&g->lists[list], key.bytes, key.n,
			    record->count, record->id);
}
