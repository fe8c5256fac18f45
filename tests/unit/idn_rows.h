/*
 * idn_rows.h - rows of a table that cannot pass without libidn2
 */
#ifndef IDN_ROWS_H
#define IDN_ROWS_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/idn.h"

/* Is this UTF-8, or an A-label, that nothing here can make? Then says so. */
static inline bool
idn_is_out_of_reach(const char *name)
{
	const char *p = name;

	if (name == NULL || strcmp(idn_library(), "none") != 0)
		return false;
	while (*p != '\0' && (unsigned char)*p < 0x80)
		p++;
	if (*p == '\0' && strstr(name, "xn--") == NULL)
		return false;
	printf("%s: not tried, built without libidn2\n", name);
	return true;
}

#endif
