/* bare_hs - Hyperscan with nothing around it */

#include <hs/hs.h>
#include <stdlib.h>

#include "bare.h"

struct scan {
	hs_database_t *database;
	hs_scratch_t *scratch;
};

static void *
open_all(char **patterns, size_t n)
{
	struct scan *b = calloc(1, sizeof *b);
	unsigned *flags = calloc(n, sizeof *flags);
	unsigned *ids = calloc(n, sizeof *ids);
	hs_compile_error_t *error = NULL;
	size_t i;

	for (i = 0; i < n; i++) {
		flags[i] = HS_FLAG_CASELESS | HS_FLAG_SINGLEMATCH;
		ids[i] = (unsigned)i;
	}
	if (hs_compile_multi((const char *const *)patterns, flags, ids,
	    (unsigned)n, HS_MODE_BLOCK, NULL, &b->database, &error) !=
	    HS_SUCCESS)
		abort();
	hs_alloc_scratch(b->database, &b->scratch);
	free(flags);
	free(ids);
	return b;
}

static int
matched(unsigned id, unsigned long long from, unsigned long long to,
    unsigned flags, void *arg)
{
	(void)id;
	(void)from;
	(void)to;
	(void)flags;
	++*(size_t *)arg;
	return 0;
}

static size_t
scan_all(void *bare, const char *text, size_t n)
{
	struct scan *b = bare;
	size_t hits = 0;

	hs_scan(b->database, text, (unsigned)n, 0, b->scratch, matched, &hits);
	return hits;
}

static void
close_all(void *bare)
{
	struct scan *b = bare;

	hs_free_scratch(b->scratch);
	hs_free_database(b->database);
	free(b);
}

const struct bare bare_hyperscan = { "Hyperscan", open_all, scan_all,
	close_all };
