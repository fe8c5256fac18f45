/* filetype_none - what a file is, without libmagic: not known */

#include "base/buf.h"
#include "mime/filetype.h"

bool
filetype_ready(struct buf *errmsg)
{
	buf_puts(errmsg, "this saywhy was built without libmagic");
	return false;
}

void
filetype_find(const char *bytes, size_t n, struct buf *type)
{
	(void)bytes;
	(void)n;
	(void)type;
}
