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
	if (l != NULL)
		free(l->inner);
	free(l);
}

void
links_join(struct links *l, enum mime_joined joined)
{
	l->joined = joined;
}

static void
put(struct links *l, char c)
{
	if (l->html)
		links_html(l, c);
	else
		links_text(l, c);
}

/* A blank and the line end behind it go, or these the other way round; both
   end a word, so that which of them is put does not matter. */
static void
put_joined(struct links *l, char c)
{
	bool first = l->joined == MIME_FLOWED ? c == ' ' : c == '\n';
	bool second = l->joined == MIME_FLOWED ? c == '\n' :
	    c == ' ' || c == '\t';

	if (c == '\r')
		return;
	if (l->pending && !second)
		put(l, ' ');
	if (!first && !(l->pending && second))
		put(l, c);
	l->pending = first;
}

void
links_put(struct links *l, const char *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (l->joined != MIME_NOT_JOINED)
			put_joined(l, bytes[i]);
		else
			put(l, bytes[i]);
}

void
links_end(struct links *l)
{
	if (l->html)
		links_html_end(l);
	links_word_end(l);
}
