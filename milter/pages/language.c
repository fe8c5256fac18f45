/* language - the page's languages */

#include "pages/language.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/log.h"
#include "words/prose.h"

void
language_check_catalogue(void)
{
	if (reason_catalogue_is(words_prose_catalogue()) &&
	    reason_catalogue_is(languages_catalogue()))
		return;
	log_error("built from two versions of reasons.def; "
	    "run make clean, then make");
	exit(EX_SOFTWARE);
}

static const struct language *
by_code(const char *code, size_t n)
{
	const struct language *l;

	for (l = languages; l->code != NULL; l++)
		if (strlen(l->code) == n && strncasecmp(l->code, code, n) == 0)
			return l;
	return NULL;
}

/* "de-AT;q=0.8": its weight, 1 where none is given. */
static double
weight(const char *item, size_t n)
{
	const char *q = memmem(item, n, ";q=", 3);

	if (q == NULL)
		return 1;
	return q[3] == '1' ? 1 : q[3] == '0' && q[4] == '.' &&
	    q[5] >= '0' && q[5] <= '9' ? (q[5] - '0') / 10.0 + 0.01 : 0;
}

static const struct language *
by_header(const char *accept)
{
	const struct language *best = NULL, *l;
	double max = 0;
	size_t n;

	for (; *accept != '\0'; accept += n + (accept[n] == ',')) {
		accept += strspn(accept, " \t");
		n = strcspn(accept, ",");
		l = by_code(accept, strcspn(accept, "-;, \t"));
		if (l != NULL && weight(accept, n) > max) {
			max = weight(accept, n);
			best = l;
		}
	}
	return best;
}

const struct language *
language_choose(const char *code, const char *accept)
{
	const struct language *l = NULL;

	if (code != NULL)
		l = by_code(code, strlen(code));
	if (l == NULL && accept != NULL)
		l = by_header(accept);
	return l != NULL ? l : languages;
}

void
language_put_plain(struct buf *out, const struct language *l,
    enum speech what, const char *value)
{
	const char *words = l->words[what], *hole = strstr(words, "{}");

	if (hole == NULL) {
		buf_puts(out, words);
		return;
	}
	buf_put(out, words, (size_t)(hole - words));
	if (value != NULL)
		escape_put(out, value, strlen(value));
	buf_puts(out, hole + 2);
}

void
language_put(struct buf *out, const struct language *l, enum speech what,
    const char *value)
{
	struct buf b = BUF_INIT;

	language_put_plain(&b, l, what, value);
	escape_put_html(out, b.data, b.len);
	buf_free(&b);
}

const struct reason_prose *
language_prose(const struct language *l, int reason, bool *foreign)
{
	*foreign = l->prose[reason].title == NULL;
	return *foreign ? reason_prose(reason) : &l->prose[reason];
}

const char *
language_chapter(const struct language *l, const char *title, bool *foreign)
{
	const char *const *c;

	*foreign = false;
	for (c = l->chapters; *c != NULL; c += 2)
		if (strcmp(c[0], title) == 0)
			return c[1];
	*foreign = l != languages;
	return title;
}
