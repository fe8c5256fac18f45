/* country_none - built without libmaxminddb: no address has a country */

#include "base/buf.h"
#include "lists/country.h"

bool
country_built(void)
{
	return false;
}

bool
country_use(const char *path, struct buf *errmsg)
{
	if (path != NULL)
		buf_printf(errmsg, "%s: cannot be used: configure did not find "
		    "libmaxminddb", path);
	return path == NULL;
}

bool
country_of(const struct ip *ip, char text[COUNTRY_TEXT])
{
	(void)ip;
	text[0] = '\0';
	return false;
}

bool
country_known(void)
{
	return false;
}
