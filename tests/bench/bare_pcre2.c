/* bare_pcre2 - PCRE2 with JIT and nothing around it */

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "bare.h"

struct pcre {
	pcre2_code **code;
	size_t n;
	pcre2_match_data *data;
};

static void *
open_all(char **patterns, size_t n)
{
	struct pcre *b = calloc(1, sizeof *b);
	PCRE2_SIZE offset;
	int error;
	size_t i;

	b->code = calloc(n, sizeof *b->code);
	b->n = n;
	b->data = pcre2_match_data_create(1, NULL);
	for (i = 0; i < n; i++) {
		b->code[i] = pcre2_compile((PCRE2_SPTR)patterns[i],
		    PCRE2_ZERO_TERMINATED, PCRE2_CASELESS, &error, &offset,
		    NULL);
		pcre2_jit_compile(b->code[i], PCRE2_JIT_COMPLETE);
	}
	return b;
}

static size_t
scan(void *bare, const char *text, size_t n)
{
	struct pcre *b = bare;
	size_t i, hits = 0;

	for (i = 0; i < b->n; i++)
		hits += pcre2_match(b->code[i], (PCRE2_SPTR)text, n, 0, 0,
		    b->data, NULL) > 0;
	return hits;
}

static void
close_all(void *bare)
{
	struct pcre *b = bare;
	size_t i;

	for (i = 0; i < b->n; i++)
		pcre2_code_free(b->code[i]);
	pcre2_match_data_free(b->data);
	free(b->code);
	free(b);
}

const struct bare bare_pcre2 = { "PCRE2", open_all, scan, close_all };
