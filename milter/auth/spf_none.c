/* spf_none - no second engine: configure did not find libspf2 */

#include "auth/spf.h"
#include "auth/spf_engine.h"

const bool spf_libspf2_there = false;

void
spf_libspf2(const struct spf_query *q, struct spf *out)
{
	spf_saywhy(q, out);
}
