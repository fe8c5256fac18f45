/* psl_none - registered domains where configure found no libpsl */

#include "base/psl.h"

const char *
psl_registered(const char *name)
{
	return name;
}
