/* links_text - the links in running text, and in the values of attributes */

#include "mime/links_internal.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "mime/decode.h"
#include "mime/encoded.h"
#include "mime/url.h"

#define ESCAPED_MAX 512	/* bytes of a link within another */

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

static bool
begins(const char *p, const char *end, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - p) >= n && strncasecmp(p, word, n) == 0;
}

/* A host, but not twice in turn. */
static void
put_host(struct links *l, const char *host)
{
	if (strcmp(l->last, host) == 0)
		return;
	l->last[0] = '\0';
	strncat(l->last, host, sizeof l->last - 1);
	l->reported(l->arg, host);
}

static void
tell_host(struct links *l, const char *p, size_t n)
{
	struct buf host = BUF_INIT;

	/*
	 * Commas, dots and the like at the end of a link do not belong to it.
	 */
	while (n > 0 && strchr(".:;!$&=", p[n - 1]) != NULL)
		n--;
	if (url_put_host_behind(&host, p, n))
		put_host(l, host.data);
	buf_free(&host);
}

/*
 * Where text of another script follows at once, as in a Chinese sentence, some
 * programs end a link there: both readings.
 */
static void
tell(struct links *l, const char *p, size_t n)
{
	size_t ascii = 0;

	while (ascii < n && (unsigned char)p[ascii] < 0x80)
		ascii++;
	if (ascii < n && ascii > 3 && is_letter(p[ascii - 1]) &&
	    is_letter(p[ascii - 2]) && memchr(p, '.', ascii) != NULL)
		tell_host(l, p, ascii);
	tell_host(l, p, n);
}

/* A word that is searched, and what was found out about it so far. */
struct search {
	const char *end;
	const char *user_end;	/* of what may be "user:password@host" */
	const char *at;		/* the last @ before that, or NULL */
	const char *reported_at;	/* the @ whose host was reported */
};

/* The host of a link in running text, its user and port. */
static void
tell_at(struct links *l, struct search *s, const char *p)
{
	size_t n;

	while (p < s->end && (*p == '/' || *p == '\\'))
		p++;
	if (p >= s->user_end) {
		n = length_of(p, s->end, "-._~%:@[]+!$&;=");
		s->user_end = p + n;
		s->at = memrchr(p, '@', n);
	}
	if (s->at != NULL && s->at >= p) {
		if (s->reported_at == s->at)
			return;
		s->reported_at = s->at;
		p = s->at + 1;
	}
	n = p < s->end && *p == '[' ? length_of(p, s->end, "[].:") :
	    length_of(p, s->end, "-._%:");
	tell(l, p, n);
}

/* The character, or its percents, or the percents of those: how many bytes.
   *depth grows with them. */
static size_t
escaped(const char *p, const char *end, const char *const forms[3],
    size_t *depth)
{
	size_t i;

	for (i = 0; i < 3; i++)
		if (begins(p, end, forms[i])) {
			*depth = i > *depth ? i : *depth;
			return strlen(forms[i]);
		}
	return 0;
}

/*
 * Bytes up to the host of a link that begins here; 0: none does. *depth: how
 * often percents have to be undone to read it, in what was the query of
 * another.
 */
static size_t
link_start(const char *p, const char *end, size_t *depth)
{
	static const char *const schemes[] = { "https", "http", "ftp", NULL };
	static const char *const colon[3] = { ":", "%3a", "%253a" };
	static const char *const slash[3] = { "/", "%2f", "%252f" };
	const char *at;
	size_t i, n;

	*depth = 0;
	for (i = 0; schemes[i] != NULL && !begins(p, end, schemes[i]); i++)
		;
	if (schemes[i] == NULL)
		return 0;
	at = p + strlen(schemes[i]);
	if ((n = escaped(at, end, colon, depth)) == 0)
		return 0;
	at += n;
	for (i = 0; i < 2; i++) {
		n = at < end && *at == '\\' ? 1 :
		    escaped(at, end, slash, depth);
		if (n == 0)
			return 0;
		at += n;
	}
	return (size_t)(at - p);
}

/* In the query of another link, in percents. */
static void
tell_escaped(struct links *l, const char *p, const char *end,
    size_t depth)
{
	struct buf text = BUF_INIT, once = BUF_INIT;
	size_t n = (size_t)(end - p);

	encoded_put_percent(&text, p, n < ESCAPED_MAX ? n : ESCAPED_MAX);
	for (; depth > 1; depth--) {
		buf_put(&once, text.data, text.len);
		buf_clear(&text);
		encoded_put_percent(&text, once.data, once.len);
		buf_clear(&once);
	}
	tell_at(l, &(struct search){ .end = text.data + text.len,
	    .user_end = text.data }, text.data);
	buf_free(&text);
	buf_free(&once);
}

/* "http://" and "https://" in base64, as redirectors carry them. */
static bool
is_base64_link(const char *p, const char *end)
{
	static const char *const starts[] = { "aHR0cDovL", "aHR0cHM6L" };
	size_t i;

	for (i = 0; i < 2; i++)
		if ((size_t)(end - p) >= 9 && memcmp(p, starts[i], 9) == 0)
			return true;
	return false;
}

static void
tell_base64(struct links *l, const char *p, const char *end)
{
	struct decoder d = { .encoding = MIME_BASE64 };
	const char *stop = p + length_of(p, end, "+/");
	char text[ESCAPED_MAX];
	size_t n, depth, skip;

	n = decode_put(&d, &p, stop, text, sizeof text);
	skip = link_start(text, text + n, &depth);
	if (skip > 0 && depth == 0)
		tell_at(l, &(struct search){ .end = text + n,
		    .user_end = text }, text + skip);
}

/*
 * Every link that begins in the word from `from` on and before `max`. "www."
 * counts where a name may begin.
 */
static void
search(struct links *l, size_t from, size_t max)
{
	const char *end = l->word + l->nword, *p;
	struct search s = { .end = end, .user_end = l->word };
	bool fresh = !l->cut && from == 0;
	size_t n, depth;

	for (p = l->word + from; p < l->word + max; p++) {
		n = link_start(p, end, &depth);
		if (n > 0 && depth == 0)
			tell_at(l, &s, p + n);
		else if (n > 0)
			tell_escaped(l, p + n, end, depth);
		else if (fresh && begins(p, end, "www."))
			tell_at(l, &s, p);
		else if (is_base64_link(p, end))
			tell_base64(l, p, end);
		fresh = !is_letter(*p) && strchr("-._@/%:", *p) == NULL &&
		    (unsigned char)*p < 0x80;
	}
}

void
links_word_end(struct links *l)
{
	search(l, 0, l->nword);
	l->nword = 0;
	l->cut = l->full = false;
}

/* Any attribute may hold a link: there are new ones every year, and XML gives
   them other names. */
void
links_value_end(struct links *l, bool is_link)
{
	struct buf host = BUF_INIT;

	if (!l->cut && (is_link || url_is_absolute(l->word, l->nword)) &&
	    url_put_host(&host, l->word, l->nword)) {
		put_host(l, host.data);
		search(l, 1, l->nword);
		l->nword = 0;
	}
	buf_free(&host);
	links_word_end(l);
}

static const char *
skip_blank(const char *p, const char *end)
{
	while (p < end && (unsigned char)*p <= ' ')
		p++;
	return p;
}

/* As the HTML standard has it ("shared declarative refresh steps"). */
void
links_refresh(struct links *l)
{
	const char *end = l->word + l->nword, *p = skip_blank(l->word, end);
	const char *number = p, *behind;
	struct buf host = BUF_INIT;

	while (p < end && ((*p >= '0' && *p <= '9') || *p == '.'))
		p++;
	if (p == number)
		return;
	p = skip_blank(p, end);
	p = skip_blank(p + (p < end && (*p == ';' || *p == ',')), end);
	behind = begins(p, end, "url") ? skip_blank(p + 3, end) : end;
	if (behind < end && *behind == '=')
		p = skip_blank(behind + 1, end);
	if (p < end && (*p == '"' || *p == '\'')) {
		behind = memchr(p + 1, *p, (size_t)(end - p - 1));
		end = behind != NULL ? behind : end;
		p++;
	}
	if (url_put_host(&host, p, (size_t)(end - p)))
		put_host(l, host.data);
	buf_free(&host);
}

/*
 * A word that does not end: links that begin in its first half are reported,
 * and that half is dropped.
 */
static void
shift(struct links *l)
{
	const size_t half = LINKS_WORD / 2;

	search(l, 0, half);
	memmove(l->word, l->word + half, LINKS_WORD - half);
	l->nword -= half;
	l->cut = true;
}

/*
 * The host of a link is at its beginning, behind what is no part of it: that
 * makes room. The rest of a long one is not read. False: there is no room.
 */
static bool
make_room(struct links *l)
{
	size_t user;

	l->nword = url_squeeze(l->word, l->nword);
	if (l->nword < LINKS_WORD / 2)
		return true;
	user = url_user(l->word, l->nword);
	if (user == 0)
		return false;
	l->nword = user;
	return true;
}

void
links_value(struct links *l, char c, bool is_link)
{
	if (is_link && (c == '\t' || c == '\n' || c == '\r' ||
	    (l->nword == 0 && (unsigned char)c <= ' ')))
		return;
	if (l->nword == LINKS_WORD && is_link && !l->full)
		l->full = !make_room(l);
	if (is_link && l->full)
		return;
	if (l->nword == LINKS_WORD)
		shift(l);
	l->word[l->nword++] = c;
}

void
links_text(struct links *l, char c)
{
	if ((unsigned char)c <= ' ' || c == '<' || c == '>' || c == '"') {
		links_word_end(l);
		return;
	}
	links_value(l, c, false);
}
