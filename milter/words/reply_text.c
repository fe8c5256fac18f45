/* reply_text - the text of a reply, word by word */

#include "words/reply_text.h"

#include <string.h>

#include "words/reply_number.h"
#include "words/reply_scan.h"
#include "words/reply_token.h"

#define APART 3		/* places that a sentence is away from the next */
#define EARLY 3		/* places before which a status is that of the reply */
#define SOON 4		/* places in which a number still belongs to "limit" */

/* "k5": refused for good, by whichever number comes first; "k4": not now. */
static void
scan_class(struct scan *s, char digit)
{
	const struct reply_number *known = reply_number_class(digit);

	phrase_queue(s->m, known->sense);
	judge_note(&s->m->judge, known->feature[0]);
}

static void
scan_number(struct scan *s, const struct reply_number *known)
{
	phrase_queue(s->m, known->sense);
	judge_note(&s->m->judge, known->feature[0]);
	judge_note(&s->m->judge, known->feature[1]);
	phrase_turn(s->m, false);
}

/* A status that is in no table. */
static void
scan_rare_status(struct scan *s)
{
	char any[sizeof s->r->status];
	size_t n = strlen(s->r->status);

	memcpy(any, s->r->status, n + 1);
	any[0] = 'x';
	phrase_queue(s->m, lexicon_find(s->r->status, n));
	phrase_queue(s->m, lexicon_find(any, n));
	judge_note(&s->m->judge, judge_find(judge_number('s',
	    s->r->status)));
	judge_note(&s->m->judge, judge_find(judge_number(any[0], any + 1)));
	phrase_turn(s->m, false);
}

/* A status is matched as "5.7.1" and as "x.7.1". */
static void
scan_status(struct scan *s)
{
	const struct reply_number *known =
	    reply_number_status(s->r->status);

	if (s->r->code == 0)
		scan_class(s, s->r->status[0]);
	if (known != NULL)
		scan_number(s, known);
	else
		scan_rare_status(s);
}

static int
number_at(const char *p)
{
	return (p[0] - '0') * 100 + (p[1] - '0') * 10 + p[2] - '0';
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
			s->r->code = number_at(p);
			scan_number(s, reply_number_code(s->r->code));
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
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' ||
	    *p == '\n' || *p == '"' || *p == '\''))
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
		code = number_at(s->p);
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

/* What may end a sentence. */
static void
take_stop(struct scan *s)
{
	const char *p = s->p++;

	if (p + 1 == s->end || p[1] == ' ' || p[1] == '\r' || p[1] == '\n')
		s->m->place += APART;
}

/* A dot, or "..." behind an address. */
static void
take_dots(struct scan *s)
{
	if (s->end - s->p < 3 || memcmp(s->p, "...", 3) != 0) {
		take_stop(s);
		return;
	}
	scan_mark(s, MARK_DOTS);
	s->p += 3;
}

static bool
take_ip(struct scan *s)
{
	const char *at = token_ip(s->p, s->end);

	if (at == NULL)
		return false;
	scan_note(s, CAPTURE_IP, s->p, at);
	scan_mark(s, MARK_IP);
	s->p = at;
	return true;
}

static bool
take_url(struct scan *s)
{
	const char *at = token_url(s->p, s->end);

	if (at == NULL)
		return false;
	scan_url(s, s->p, at);
	s->p = at;
	return true;
}

static bool
is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What begins with a letter or a digit, or with a byte above ASCII, and is no
   plain word. */
static void
take_word(struct scan *s)
{
	if (!take_ip(s) && !take_url(s) &&
	    (!is_digit(*s->p) || !take_digits(s)) && !take_run(s))
		s->p = scan_word(s, s->p, s->end);
}

static void
take_other(struct scan *s)
{
	switch (*s->p) {
	case '\n':
		s->p = take_head(s, skip_line_start(s->p, s->end));
		break;
	case '.':
		take_dots(s);
		break;
	case '!':
	case '?':
	case ';':
		take_stop(s);
		break;
	case '<':
		if (!take_brackets(s))
			s->p++;
		break;
	case ':':
		if (!take_ip(s))
			s->p++;
		break;
	default:
		if (scan_is_word((unsigned char)*s->p))
			take_word(s);
		else
			s->p++;
	}
}

/* Most of a text are words and blanks. */
static void
take(struct scan *s)
{
	const char *at;

	if (*s->p == ' ')
		s->p++;
	else if (!is_letter(*s->p))
		take_other(s);
	else if ((at = scan_plain_word(s, s->p, s->end)) != NULL)
		s->p = at;
	else
		take_word(s);
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
}
