/* psl_libpsl - registered domains by libpsl; the only includer of <libpsl.h> */

#include "base/psl.h"

#include <libpsl.h>
#include <stddef.h>

const char *
psl_registered(const char *name)
{
	const psl_ctx_t *list = psl_builtin();
	const char *domain;

	if (list == NULL)
		return name;
	domain = psl_registrable_domain(list, name);
	return domain != NULL ? domain : name;
}
