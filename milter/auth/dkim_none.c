/* dkim_none - no second engine: configure did not find libopendkim */

#include "auth/dkim_engine.h"

bool
dkim_opendkim_there(void)
{
	return false;
}

const struct dkim_engine_calls dkim_opendkim = { .begin = NULL };
