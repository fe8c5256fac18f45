/* idn_none - domain names without libidn2: ASCII only */

#include "base/idn.h"

#include <stddef.h>

#include "base/buf.h"

bool
idn_to_ascii(const char *domain, struct buf *out)
{
	return idn_put_lower(domain, out);
}

const char *
idn_library(void)
{
	return "none";
}
