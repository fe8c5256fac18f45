/* milter_escape - the one place where `%` is doubled */

#include "doors/milter_escape.h"

#include "base/buf.h"

char *
milter_escape(const char *text)
{
	struct buf b = BUF_INIT;

	for (; *text != '\0'; text++) {
		if (*text == '%')
			buf_putc(&b, '%');
		buf_putc(&b, *text);
	}
	return buf_steal(&b);
}
