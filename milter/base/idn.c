/* idn - the part of domain names that needs no library */

#include "base/idn.h"

#include "base/buf.h"

bool
idn_put_lower(const char *domain, struct buf *out)
{
	size_t start = out->len;

	for (; *domain != '\0'; domain++) {
		if ((unsigned char)*domain >= 0x80) {
			buf_cut(out, start);
			return false;
		}
		buf_putc(out, (char)(*domain >= 'A' && *domain <= 'Z' ?
		    *domain | 0x20 : *domain));
	}
	return true;
}
