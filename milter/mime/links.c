/* links - the links of a text, plain or HTML, as it comes */

#include "mime/links.h"

#include <stdlib.h>

#include "base/mem.h"
#include "mime/links_internal.h"

struct links *
links_new(bool html, void (*reported)(void *arg, const char *host), void *arg)
{
	struct links *l = mem_alloc(sizeof *l);

	l->html = html;
	l->reported = reported;
	l->arg = arg;
	return l;
}

void
links_free(struct links *l)
{
	free(l);
}

void
links_put(struct links *l, const char *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (l->html)
			links_html(l, bytes[i]);
		else
			links_text(l, bytes[i]);
}

void
links_end(struct links *l)
{
	if (l->html)
		links_html_end(l);
	links_word_end(l);
}
