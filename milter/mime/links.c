/* links - the links of a text, plain or HTML, as it comes */

#include "mime/links.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "mime/links_internal.h"
#include "mime/url.h"

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

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

static size_t
length_of(const char *p, const char *end, const char *others)
{
	const char *at = p;

	while (at < end && (is_letter(*at) || (unsigned char)*at >= 0x80 ||
	    strchr(others, *at) != NULL))
		at++;
	return (size_t)(at - p);
}

/* What may belong to a host, its user and port, in running text. */
static size_t
host_length(const char *p, const char *end)
{
	size_t n = length_of(p, end, "-._~%:@[]+!$&;=");

	return memchr(p, '@', n) != NULL ? n : length_of(p, end, "-._%:[]");
}

/* Commas and the like behind a link are not of it, so is a dot. */
static void
tell(const struct links *l, const char *p, const char *end)
{
	size_t n = host_length(p, end);
	struct buf host = BUF_INIT;

	while (n > 0 && strchr(".:;!$&=", p[n - 1]) != NULL)
		n--;
	if (url_put_host_behind(&host, p, n))
		l->reported(l->arg, host.data);
	buf_free(&host);
}

static bool
begins(const char *p, const char *end, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - p) >= n && strncasecmp(p, word, n) == 0;
}

/* Bytes up to the host of a link that begins here; 0: none does. */
static size_t
link_start(const char *p, const char *end)
{
	static const char *const starts[] = { "http://", "https://",
		"ftp://", NULL };
	size_t i;

	for (i = 0; starts[i] != NULL; i++)
		if (begins(p, end, starts[i]))
			return strlen(starts[i]);
	return 0;
}

/*
 * Every link that begins in the first `max` bytes of the word. "www." counts
 * where a name may begin.
 */
static void
search(const struct links *l, size_t max)
{
	const char *end = l->word + l->nword, *p;
	bool fresh = !l->cut;
	size_t n;

	for (p = l->word; p < l->word + max; p++) {
		n = link_start(p, end);
		if (n > 0)
			tell(l, p + n, end);
		else if (fresh && begins(p, end, "www."))
			tell(l, p, end);
		fresh = !is_letter(*p) && strchr("-._@/%:", *p) == NULL &&
		    (unsigned char)*p < 0x80;
	}
}

/* What was read is a whole word. */
static void
word_end(struct links *l)
{
	search(l, l->nword);
	l->nword = 0;
	l->cut = false;
}

void
links_value_end(struct links *l, bool is_link)
{
	struct buf host = BUF_INIT;

	if (is_link && !l->cut && url_put_host(&host, l->word, l->nword)) {
		l->reported(l->arg, host.data);
		l->nword = 0;
	}
	buf_free(&host);
	word_end(l);
}

/* A word without end: what begins in its first half is looked at and left. */
static void
shift(struct links *l)
{
	const size_t half = LINKS_WORD / 2;

	search(l, half);
	memmove(l->word, l->word + half, LINKS_WORD - half);
	l->nword -= half;
	l->cut = true;
}

/* The host of a link is at its beginning: the rest of a long one is left. */
void
links_value(struct links *l, char c, bool is_link)
{
	if (l->nword == LINKS_WORD && is_link)
		return;
	if (l->nword == LINKS_WORD)
		shift(l);
	l->word[l->nword++] = c;
}

void
links_text(struct links *l, char c)
{
	if ((unsigned char)c <= ' ' || c == '<' || c == '>' || c == '"') {
		word_end(l);
		return;
	}
	links_value(l, c, false);
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
	word_end(l);
}
