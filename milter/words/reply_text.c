/* reply_text - the text of a reply, word by word */

#include "words/reply_text.h"

#include <string.h>

#include "words/reply_scan.h"
#include "words/reply_token.h"

#define APART 3		/* places that a sentence is away from the next */
#define EARLY 3		/* places before which a status is that of the reply */
#define SOON 4		/* places in which a number still belongs to "limit" */

/* "k5": refused for good, by whichever number comes first; "k4": not now. */
static void
scan_class(struct scan *s, char digit)
{
	const char word[] = { 'k', digit, '\0' };

	phrase_queue(s->m, lexicon_find(word, 2));
	judge_feature(&s->m->judge, judge_number(word[0], word + 1));
}

/* A status is matched as "5.7.1" and as "x.7.1". */
static void
scan_status(struct scan *s)
{
	char any[sizeof s->r->status];
	size_t n = strlen(s->r->status);

	if (s->r->code == 0)
		scan_class(s, s->r->status[0]);
	phrase_queue(s->m, lexicon_find(s->r->status, n));
	memcpy(any, s->r->status, n + 1);
	any[0] = 'x';
	judge_feature(&s->m->judge, judge_number('s', s->r->status));
	judge_feature(&s->m->judge, judge_number(any[0], any + 1));
	phrase_queue(s->m, lexicon_find(any, n));
	phrase_turn(s->m, false);
}

static void
scan_code(struct scan *s)
{
	char word[8] = "c";
	int code = s->r->code;

	scan_class(s, (char)('0' + code / 100));
	word[1] = (char)('0' + code / 100);
	word[2] = (char)('0' + code / 10 % 10);
	word[3] = (char)('0' + code % 10);
	phrase_queue(s->m, lexicon_find(word, 4));
	judge_feature(&s->m->judge, judge_number(word[0], word + 1));
	word[2] = 'y';
	phrase_queue(s->m, lexicon_find(word, 3));
	phrase_turn(s->m, false);
}

static void
take_status(struct scan *s, const char *from, const char *to)
{
	if (s->r->status[0] != '\0' ||
	    (size_t)(to - from) >= sizeof s->r->status)
		return;
	memcpy(s->r->status, from, (size_t)(to - from));
	s->r->status[to - from] = '\0';
	scan_status(s);
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
			scan_code(s);
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
		scan_note(s, CAPTURE_RETRY, s->p, at);
	else if (s->limit_at > 0 && s->m->place - s->limit_at <= SOON &&
	    (at = token_amount(s->p, s->end)) != NULL)
		scan_note(s, CAPTURE_LIMIT, s->p, at);
	return false;
}

/* What begins with a digit and is no word. */
static bool
take_digits(struct scan *s)
{
	const char *at = token_status(s->p, s->end);
	bool hash = s->p > s->from && s->p[-1] == '#';

	if (at != NULL) {
		if (hash || s->m->place <= EARLY || (s->p > s->from &&
		    strchr("([", s->p[-1]) != NULL))
			take_status(s, s->p, at);
		if (hash)
			scan_mark(s, MARK_HASH);
		s->p = at;
		return true;
	}
	return take_number(s);
}

/* An address or a host; false: words, as most are at first sight. */
static bool
take_run(struct scan *s)
{
	const char *at = s->p;

	while (at < s->end && *at != '-' && *at != '.' &&
	    lexicon_letter[(unsigned char)*at] != 0)
		at++;
	if (at == s->end || *at == ' ' || *at == ',' || *at == ':')
		return false;
	at = token_run(s->p, s->end);
	if (token_is_address(s->p, at)) {
		scan_note(s, CAPTURE_ADDRESS, s->p, at);
		s->r->last_address = (struct captured){ s->p,
		    (size_t)(at - s->p) };
		scan_mark(s, MARK_ADDR);
	} else if (token_is_host(s->p, at)) {
		scan_host(s, s->p, at);
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
	scan_mark(s, at == s->p + 1 ? MARK_NULL : MARK_ARGUMENT);
	s->p = at + 1;
	return true;
}

/* What ends a sentence, or "..." behind an address. */
static void
take_sign(struct scan *s)
{
	const char *p = s->p;

	if (s->end - p >= 3 && memcmp(p, "...", 3) == 0) {
		scan_mark(s, MARK_DOTS);
		s->p += 3;
		return;
	}
	if (strchr(".!?;", *p) != NULL && *p != '\0' &&
	    (p + 1 == s->end || p[1] == ' ' || p[1] == '\r' || p[1] == '\n'))
		s->m->place += APART;
	s->p++;
}

static bool
is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static void
take(struct scan *s)
{
	const char *at;
	char c = *s->p;

	if (c == ' ') {
		s->p++;
		return;
	}
	if (is_letter(c) && (at = scan_plain_word(s, s->p, s->end)) != NULL) {
		s->p = at;
		return;
	}
	if (c == '\n') {
		s->p = take_head(s, skip_line_start(s->p, s->end));
		return;
	}
	if (c == '<' && take_brackets(s))
		return;
	if ((at = token_ip(s->p, s->end)) != NULL) {
		scan_note(s, CAPTURE_IP, s->p, at);
		scan_mark(s, MARK_IP);
		s->p = at;
	} else if (!scan_is_word((unsigned char)c)) {
		take_sign(s);
	} else if ((at = token_url(s->p, s->end)) != NULL) {
		scan_url(s, s->p, at);
		s->p = at;
	} else if ((c < '0' || c > '9' || !take_digits(s)) && !take_run(s)) {
		s->p = scan_word(s, s->p, s->end);
	}
}

void
reply_text_scan(struct phrase_match *m, const struct phrases *all,
    const char *text, size_t n, struct recognised *r)
{
	struct scan s = { .from = text, .p = text, .m = m, .all = all, .r = r };

	s.end = text + (n < REPLY_TEXT_MAX ? n : REPLY_TEXT_MAX);
	s.p = take_head(&s, skip_line_start(text, s.end));
	while (s.p < s.end)
		take(&s);
	phrase_match_end(m);
}
