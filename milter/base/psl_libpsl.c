/*
 * psl_libpsl - registered domains by libpsl; the only includer of <libpsl.h>
 *
 * The library is loaded with the first domain (dlopen(3)): few commands of the
 * tool ask for one. saywhyd is linked to it.
 */

#include "base/psl.h"

#include <libpsl.h>
#include <stddef.h>

#include "base/library.h"

#define FUNCTIONS(F) F(psl_builtin) F(psl_registrable_domain)

LIBRARY_OF(FUNCTIONS, SAYWHY_LIBPSL,
    "links are looked up by the whole name of their host")

const char *
psl_registered(const char *name)
{
	const psl_ctx_t *list = is_there() ? lib.psl_builtin() : NULL;
	const char *domain;

	if (list == NULL)
		return name;
	domain = lib.psl_registrable_domain(list, name);
	return domain != NULL ? domain : name;
}
