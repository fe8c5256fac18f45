/* reply_text - the text of a reply, word by word */

#include "words/reply_text.h"

#include <string.h>

#include "words/reply_token.h"

#define APART 3		/* places that a sentence or a link is away */
#define SOON 4		/* places in which a number still belongs to "limit" */

struct scan {
	const char *from, *p, *end;
	struct phrase_match *m;
	const struct phrases *all;
	struct recognised *r;
	unsigned domain_at, using_at, limit_at;	/* places of such words */
	bool retry;		/* "try again" was said */
};

/* Letters with a sign on them, U+00C0 to U+00FF, without it. */
static const char folded[64] =
    "aaaaaaaceeeeiiiidnooooo\0ouuuuypsaaaaaaaceeeeiiiidnooooo\0ouuuuypy";

static bool
is_word_byte(unsigned char c)
{
	return c >= 0x80 || (lexicon_letter[c] != 0 && c != '.' && c != '-');
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static void
note(struct scan *s, enum capture what, const char *from, const char *to)
{
	struct captured *c = &s->r->captured[what];

	if (c->text != NULL)
		return;
	c->text = from;
	c->n = (size_t)(to - from);
}

static void
hear(struct scan *s, symbol_list symbols)
{
	if (*symbols != 0)
		phrase_hear(s->m, s->all, symbols);
}

/* Which words matter for what the next host or number is. */
static void
remember(struct scan *s, symbol_list symbols)
{
	for (; *symbols != 0; symbols++)
		switch (*symbols) {
		case CONCEPT_DOMAIN:
			s->domain_at = s->m->place;
			break;
		case CONCEPT_USING:
			s->using_at = s->m->place;
			break;
		case CONCEPT_LIMIT:
		case CONCEPT_MAXIMUM:
			s->limit_at = s->m->place;
			break;
		case CONCEPT_RETRY:
		case CONCEPT_GREY:
			s->retry = true;
			break;
		default:
			break;
		}
}

/* The next word; one that says nothing takes no place. */
static void
turn(struct scan *s, bool counts)
{
	s->m->turn++;
	s->m->place = (uint16_t)(s->m->place + counts);
}

static void
hear_mark(struct scan *s, enum mark mark)
{
	hear(s, lexicon_mark(mark));
	turn(s, true);
}

/* One step of the walk, over one sign of the word. */
static const char *
step(const char *p, const char *end, unsigned *state)
{
	unsigned char c = (unsigned char)*p;
	char plain;

	if (c < 0x80) {
		*state = lexicon_next[*state][lexicon_letter[c]];
		return p + 1;
	}
	if (c == 0xc3 && p + 1 < end && ((unsigned char)p[1] & 0xc0) == 0x80) {
		plain = folded[(unsigned char)p[1] & 0x3f];
		*state = lexicon_next[*state][
		    lexicon_letter[(unsigned char)plain]];
		if (((unsigned char)p[1] & 0x3f) == 0x1f)
			*state = lexicon_next[*state][lexicon_letter['s']];
		return p + 2;
	}
	*state = STATE_DEAD;
	return p + 1;
}

/* Length of an apostrophe here ("'" or U+2019), 0: none. */
static size_t
apostrophe(const char *p, const char *end)
{
	if (p < end && *p == '\'')
		return 1;
	if (end - p >= 3 && memcmp(p, "\xe2\x80\x99", 3) == 0)
		return 3;
	return 0;
}

/* Does the word go on at p? "don't" does, "l'adresse" and "NoSuchUser" not. */
static const char *
goes_on(const char *from, const char *p, const char *end)
{
	size_t n = apostrophe(p, end);

	if (n > 0)
		return p - from > 1 && p + n < end && is_word_byte(
		    (unsigned char)p[n]) ? p + n : NULL;
	if (p == end || !is_word_byte((unsigned char)*p))
		return NULL;
	if (p > from && is_lower(p[-1]) && *p >= 'A' && *p <= 'Z')
		return NULL;
	return p;
}

/* One word from p on: hears it and returns its end. */
static const char *
hear_word(struct scan *s, const char *p, const char *end)
{
	unsigned state = STATE_ROOT, digits = 0, n = 0;
	const char *from = p, *next;
	symbol_list whole;

	while ((next = goes_on(from, p, end)) != NULL) {
		digits += *next >= '0' && *next <= '9';
		n++;
		p = step(next, end, &state);
		if (state != STATE_DEAD)
			hear(s, lexicon_begun(state));
	}
	if (digits == n) {
		hear_mark(s, MARK_NUMBER);
		return p;
	}
	whole = lexicon_whole(state);
	remember(s, whole);
	hear(s, whole);
	turn(s, *whole != CONCEPT_STOP);
	return p;
}

static void
hear_words(struct scan *s, const char *p, const char *end)
{
	while (p < end)
		if (is_word_byte((unsigned char)*p))
			p = hear_word(s, p, end);
		else
			p++;
}

/* "zen.spamhaus.org" is heard as itself, "spamhaus.org" and "org". */
static void
hear_host(struct scan *s, const char *p, const char *end)
{
	const char *label = p, *dot;
	symbol_list known;
	bool site = false;

	hear(s, lexicon_mark(MARK_HOST));
	for (; label < end; label = dot + 1) {
		known = lexicon_find(label, (size_t)(end - label));
		hear(s, known);
		for (; *known != 0; known++)
			site = site || *known == CONCEPT_LISTSITE;
		dot = memchr(label, '.', (size_t)(end - label));
		if (dot == NULL)
			break;
	}
	if (site || (s->using_at > 0 && s->m->place - s->using_at <= 1))
		note(s, CAPTURE_ZONE, p, end);
	else if (s->domain_at > 0 && s->m->place - s->domain_at <= 1)
		s->r->captured[CAPTURE_DOMAIN] =
		    (struct captured){ p, (size_t)(end - p) };
	else
		note(s, CAPTURE_DOMAIN, p, end);
	turn(s, true);
}

/* Its host and the words of its path, apart from the sentence around it. */
static void
hear_url(struct scan *s, const char *p, const char *end)
{
	const char *host = p, *slash;

	note(s, CAPTURE_URL, p, end);
	s->m->place += APART;
	hear(s, lexicon_mark(MARK_URL));
	if (end - p > 8 && (slash = memchr(p, '/', 8)) != NULL)
		host = slash + 2;
	slash = memchr(host, '/', (size_t)(end - host));
	if (slash == NULL)
		slash = end;
	s->using_at = s->domain_at = 0;
	if (token_is_host(host, slash)) {
		struct captured kept[CAPTURE_COUNT];

		memcpy(kept, s->r->captured, sizeof kept);
		hear_host(s, host, slash);
		memcpy(s->r->captured, kept, sizeof kept);
	}
	hear_words(s, slash, end);
	s->m->place += APART;
}

/* A status is heard as "5.7.1" and "x.7.1". */
static void
hear_status(struct scan *s)
{
	char any[sizeof s->r->status];
	size_t n = strlen(s->r->status);

	hear(s, lexicon_find(s->r->status, n));
	memcpy(any, s->r->status, n + 1);
	any[0] = 'x';
	hear(s, lexicon_find(any, n));
	turn(s, false);
}

static void
hear_code(struct scan *s)
{
	char word[8] = "c";
	int code = s->r->code;

	word[1] = (char)('0' + code / 100);
	word[2] = (char)('0' + code / 10 % 10);
	word[3] = (char)('0' + code % 10);
	hear(s, lexicon_find(word, 4));
	word[2] = 'y';
	hear(s, lexicon_find(word, 3));
	turn(s, false);
}

static void
take_status(struct scan *s, const char *from, const char *to)
{
	if (s->r->status[0] != '\0' ||
	    (size_t)(to - from) >= sizeof s->r->status)
		return;
	memcpy(s->r->status, from, (size_t)(to - from));
	s->r->status[to - from] = '\0';
	hear_status(s);
}

/* "550-5.7.1 ", "5.7.1 ", "550 ": at the head of a line, or after "said:". */
static const char *
take_head(struct scan *s, const char *p)
{
	const char *at = token_code(p, s->end), *status;

	if (at != NULL) {
		if (s->r->code == 0) {
			s->r->code = (p[0] - '0') * 100 + (p[1] - '0') * 10 +
			    p[2] - '0';
			hear_code(s);
		}
		p = at;
		while (p < s->end && (*p == ' ' || *p == '-' || *p == '\t'))
			p++;
	}
	status = token_status(p, s->end);
	if (status == NULL)
		return p;
	take_status(s, p, status);
	return status;
}

static const char *
skip_line_start(const char *p, const char *end)
{
	while (p < end && strchr(" \t\r\n\"'", *p) != NULL && *p != '\0')
		p++;
	return p;
}

/* A number: of a reply's head, a time to wait, a limit, or just a number. */
static bool
take_number(struct scan *s)
{
	const char *at = token_code(s->p, s->end), *back = s->p;
	int code;

	while (back > s->from && back[-1] == ' ')
		back--;
	if (at != NULL && *s->p >= '4') {
		code = (s->p[0] - '0') * 100 + (s->p[1] - '0') * 10 +
		    s->p[2] - '0';
		if (code == s->r->code || (s->r->code == 0 && back > s->from &&
		    strchr(":\">", back[-1]) != NULL)) {
			s->p = take_head(s, s->p);
			return true;
		}
	}
	if (s->retry && (at = token_duration(s->p, s->end)) != NULL)
		note(s, CAPTURE_RETRY, s->p, at);
	else if (s->limit_at > 0 && s->m->place - s->limit_at <= SOON &&
	    (at = token_amount(s->p, s->end)) != NULL)
		note(s, CAPTURE_LIMIT, s->p, at);
	return false;
}

/* What begins with a digit and is no word. */
static bool
take_digits(struct scan *s)
{
	const char *at = token_status(s->p, s->end);
	bool hash = s->p > s->from && s->p[-1] == '#';

	if (at != NULL) {
		if (hash || (s->p > s->from && strchr("([", s->p[-1]) != NULL))
			take_status(s, s->p, at);
		if (hash)
			hear_mark(s, MARK_HASH);
		s->p = at;
		return true;
	}
	return take_number(s);
}

/* An address, a host; false: words. */
static bool
take_run(struct scan *s)
{
	const char *at = token_run(s->p, s->end);

	if (token_is_address(s->p, at)) {
		note(s, CAPTURE_ADDRESS, s->p, at);
		hear_mark(s, MARK_ADDR);
	} else if (token_is_host(s->p, at)) {
		hear_host(s, s->p, at);
	} else
		return false;
	s->p = at;
	return true;
}

/* "<>", "<localhost>": no words of the one who refuses. */
static bool
take_brackets(struct scan *s)
{
	const char *at = s->p + 1;

	while (at < s->end && at - s->p < 256 && *at > ' ' && *at != '>' &&
	    *at != '<' && *at != '@' && *at != ':' && *at != '/')
		at++;
	if (at == s->end || *at != '>')
		return false;
	hear_mark(s, at == s->p + 1 ? MARK_NULL : MARK_ARGUMENT);
	s->p = at + 1;
	return true;
}

/* What ends a sentence, or "..." behind an address. */
static void
take_sign(struct scan *s)
{
	const char *p = s->p;

	if (s->end - p >= 3 && memcmp(p, "...", 3) == 0) {
		hear_mark(s, MARK_DOTS);
		s->p += 3;
		return;
	}
	if (strchr(".!?;", *p) != NULL && *p != '\0' &&
	    (p + 1 == s->end || p[1] == ' ' || p[1] == '\r' || p[1] == '\n'))
		s->m->place += APART;
	s->p++;
}

static void
take(struct scan *s)
{
	const char *at;
	char c = *s->p;

	if (c == '\n') {
		s->p = take_head(s, skip_line_start(s->p, s->end));
		return;
	}
	if (c == '<' && take_brackets(s))
		return;
	if ((at = token_ip(s->p, s->end)) != NULL) {
		note(s, CAPTURE_IP, s->p, at);
		hear_mark(s, MARK_IP);
		s->p = at;
	} else if (!is_word_byte((unsigned char)c)) {
		take_sign(s);
	} else if ((at = token_url(s->p, s->end)) != NULL) {
		hear_url(s, s->p, at);
		s->p = at;
	} else if ((c < '0' || c > '9' || !take_digits(s)) && !take_run(s)) {
		s->p = hear_word(s, s->p, s->end);
	}
}

void
reply_text_hear(struct phrase_match *m, const struct phrases *all,
    const char *text, size_t n, struct recognised *r)
{
	struct scan s = { .from = text, .p = text, .m = m, .all = all, .r = r };

	s.end = text + (n < REPLY_TEXT_MOST ? n : REPLY_TEXT_MOST);
	s.p = take_head(&s, skip_line_start(text, s.end));
	while (s.p < s.end)
		take(&s);
}
