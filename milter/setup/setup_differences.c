/* setup_differences - what main.cf and saywhy.conf say differently, gathered */

#include "setup/setup_differences.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

static void
add(struct differences *d, bool harms, struct buf *text)
{
	d->v = mem_room(d->v, d->n, &d->cap, sizeof *d->v);
	d->v[d->n++] = (struct difference){ .text = buf_steal(text),
		.harms = harms };
	d->harmful += harms;
}

void
differences_add(struct differences *d, bool harms, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	add(d, harms, &text);
}

void
differences_clear(struct differences *d)
{
	while (d->n > 0)
		free(d->v[--d->n].text);
	free(d->v);
	memset(d, 0, sizeof *d);
}
