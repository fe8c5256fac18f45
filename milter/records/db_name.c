/* db_name - what the name of a database says */

#include "records/db_name.h"

#include <stddef.h>
#include <string.h>

#include "base/buf.h"

bool
db_is_server(const char *name)
{
	static const char *const schemes[] = { "postgresql://", "postgres://" };
	size_t i;

	for (i = 0; name != NULL && i < sizeof schemes / sizeof schemes[0];
	    i++)
		if (strncmp(name, schemes[i], strlen(schemes[i])) == 0)
			return true;
	return false;
}

void
db_put_name(struct buf *out, const char *name)
{
	const char *begin, *end, *at;

	if (!db_is_server(name)) {
		buf_puts(out, name);
		return;
	}
	begin = strstr(name, "://") + 3;
	end = begin + strcspn(begin, "?");
	at = memrchr(begin, '@', (size_t)(end - begin));
	buf_put(out, name, (size_t)(begin - name));
	begin = at != NULL ? at + 1 : begin;
	buf_put(out, begin, (size_t)(end - begin));
}
