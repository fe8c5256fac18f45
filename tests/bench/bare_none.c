/* bare_none - there is no Hyperscan here */

#include "bare.h"

static void *
open_all(char **patterns, size_t n)
{
	(void)patterns;
	(void)n;
	return NULL;
}

const struct bare bare_hyperscan = { "Hyperscan", open_all, NULL, NULL };
