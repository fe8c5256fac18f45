/* spf_none - no second engine: configure did not find libspf2 */

#include "auth/spf.h"
#include "auth/spf_engine.h"

bool
spf_libspf2_there(void)
{
	return false;
}

void
spf_libspf2(const struct spf_query *q, struct spf *out)
{
	spf_saywhy(q, out);
}
