/*
 * links - the links of many messages, for links.py
 *
 * links <messages: each begins with a line of its length in bytes. For each it
 * prints a line of the hosts that its texts lead to, each once, by blanks.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strset.h"
#include "mime/links.h"
#include "mime/mime.h"

#define MESSAGE_MAX 10000000

struct reader {
	struct strset hosts;
	struct links *links;
};

static void
on_host(void *arg, const char *host)
{
	struct reader *r = arg;

	if (strset_add(&r->hosts, host))
		printf("%s ", host);
}

/* As the check blacklist_url does it. */
static void
reported(void *arg, const struct mime_event *e)
{
	struct reader *r = arg;

	if (e->what == MIME_BEGIN && e->part->text) {
		r->links = links_new(e->part->page, on_host, r);
		links_join(r->links, e->part->joined);
	} else if (e->what == MIME_TEXT && r->links != NULL)
		links_put(r->links, e->bytes, e->n);
	else if (e->what == MIME_END && r->links != NULL) {
		links_end(r->links);
		links_free(r->links);
		r->links = NULL;
	}
}

/* The header, as a line of "Name: value" each, is fed by fields. */
static const char *
put_header(struct mime *m, char *text)
{
	char *line = text, *end, *colon;

	while ((end = strstr(line, "\r\n")) != NULL && end > line) {
		while (end[2] == ' ' || end[2] == '\t')
			end = strstr(end + 2, "\r\n");
		*end = '\0';
		colon = strchr(line, ':');
		if (colon != NULL) {
			*colon = '\0';
			mime_header(m, line, colon + 1);
		}
		line = end + 2;
	}
	mime_headers_end(m, false);
	return end != NULL ? end + 2 : line;
}

static void
read_message(char *text, size_t n)
{
	struct reader r = { .links = NULL };
	struct mime *m = mime_new(reported, &r);
	const char *body = put_header(m, text);

	mime_body(m, body, n - (size_t)(body - text));
	mime_end(m);
	mime_free(m);
	strset_free(&r.hosts);
	putchar('\n');
}

int
main(void)
{
	size_t n;
	char *text;

	while (scanf("%zu", &n) == 1 && n < MESSAGE_MAX && getchar() == '\n') {
		text = mem_alloc(n + 1);
		if (fread(text, 1, n, stdin) != n)
			return 65;
		read_message(text, n);
		free(text);
	}
	return 0;
}
