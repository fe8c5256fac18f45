/*
 * setup_house.h - what the tests of adopting share
 */
#ifndef UNIT_SETUP_HOUSE_H
#define UNIT_SETUP_HOUSE_H

#include <stdbool.h>
#include <string.h>

#include "setup/adopt.h"

/* Is something that was not taken over listed in these words? */
static inline bool
is_left(const struct adopt *a, const char *words)
{
	size_t i;

	for (i = 0; i < a->nleft; i++)
		if (strstr(a->left[i], words) != NULL)
			return true;
	return false;
}

#endif
