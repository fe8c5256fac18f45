/* config_scan - the tokens of a configuration text */

#include "config/config_scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"

/* Where a bare word ends, as in libConfuse; there is no NUL in a text. */
#define WORD_ENDS " \t\r\n#\"'{}()=,"

/* Messages quote no more than this of a word. */
#define QUOTE_MAX 60

void
scan_init(struct scan *s, const char *file, char *text, size_t n,
    struct diags *d)
{
	*s = (struct scan){ .file = file, .text = text, .n = n, .line = 1,
		.d = d };
}

void
scan_blank(struct scan *s, size_t from, size_t to)
{
	for (; from < to; from++)
		if (s->text[from] != '\n')
			s->text[from] = '\0';
}

char *
scan_text(const struct scan *s, const struct token *t)
{
	size_t quote = t->kind == TOKEN_STRING ? 1 : 0;
	size_t from = t->from + quote;

	/* A string without an end has no quote there. */
	return mem_ndup(s->text + from,
	    t->to - quote > from ? t->to - quote - from : 0);
}

/* To the end of the line, or through the end of a block comment. */
static void
skip_comment(struct scan *s)
{
	const char *start = s->text + s->at, *end;
	bool block = start[0] == '/' && start[1] == '*';
	size_t from = s->at;
	int line = s->line;

	end = block ? memmem(start + 2, s->n - s->at - 2, "*/", 2) :
	    memchr(start, '\n', s->n - s->at);
	s->at = end == NULL ? s->n :
	    (size_t)(end - s->text) + (block ? 2 : 0);
	for (; start < s->text + s->at; start++)
		s->line += *start == '\n';
	scan_blank(s, from, s->at);
	if (block && end == NULL) {
		diags_error(s->d, s->file, line,
		    "the comment that begins here has no end: */");
		scan_stop(s);
	}
}

/* Blanks, line ends and comments. */
static void
skip_space(struct scan *s)
{
	const char *p;

	while (s->at < s->n) {
		p = s->text + s->at;
		if (*p == '#' || (p[0] == '/' && (p[1] == '/' ||
		    p[1] == '*'))) {
			skip_comment(s);
			continue;
		}
		if (*p != ' ' && *p != '\t' && *p != '\r' && *p != '\n')
			return;
		s->line += *p == '\n';
		s->at++;
	}
}

static bool
is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (unsigned char)c >= 0x80 ||
	    (c != '\0' && strchr("._-:/@%", c) != NULL);
}

/* Bytes to the next blank or sign; at least one, so that reading goes on. */
static size_t
word_length(const char *p)
{
	size_t n = strcspn(p, WORD_ENDS "+");

	while (p[n] == '+' && p[n + 1] != '=')
		n += 1 + strcspn(p + n + 1, WORD_ENDS "+");
	return n > 0 ? n : 1;
}

/*
 * A word without quotes. Characters that libConfuse would skip or read as a
 * comment are refused, so that nobody need know its rules.
 */
static void
read_word(struct scan *s, struct token *t)
{
	const char *p = s->text + t->from;
	size_t n = word_length(p), i = 0;

	t->kind = TOKEN_WORD;
	s->at = t->to = t->from + n;
	while (i < n && is_word_byte(p[i]) && (p[i] != '/' || i + 1 < n) &&
	    (p[i] != '/' || p[i + 1] != '/'))
		i++;
	if (i == n)
		return;
	t->broken = true;
	diags_error(s->d, s->file, t->line, "write \"%.*s\" in quotes: a bare "
	    "value holds letters, digits and . _ - : / @ %% only, no // and no "
	    "/ at its end", n < QUOTE_MAX ? (int)n : QUOTE_MAX, p);
}

static void
spoil(struct scan *s, struct token *t, const char *what)
{
	t->broken = true;
	diags_error(s->d, s->file, s->line, "%s", what);
}

/* p is at a backslash in double quotes; returns the bytes to step over. */
static size_t
check_escape(struct scan *s, struct token *t, const char *p)
{
	if (p[1] == '\n')
		s->line++;
	else if (p[1] == '\0')
		return 1;
	else if (strchr("\\\"'$", p[1]) == NULL)
		spoil(s, t, "in double quotes a backslash is written twice "
		    "(\"\\\\d\"); in single quotes it stands for itself "
		    "('\\d')");
	return 2;
}

/* p is at "${", in double quotes; returns the bytes to step over. */
static size_t
check_variable(struct scan *s, struct token *t, const char *p)
{
	size_t n = strspn(p + 2, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789_");
	char *name;

	if (n == 0 || p[2 + n] != '}') {
		spoil(s, t, "${NAME} stands for an environment variable; for "
		    "the characters themselves write \\${");
		return 2;
	}
	name = mem_ndup(p + 2, n);
	if (getenv(name) == NULL) {
		t->broken = true;
		diags_error(s->d, s->file, s->line, "the environment has no "
		    "variable %s", name);
	}
	free(name);
	return n + 3;
}

/* The bytes of one character of a string, after looking at it. */
static size_t
string_step(struct scan *s, struct token *t, const char *p)
{
	bool doubled = s->text[t->from] == '"';

	if (doubled && *p == '\\')
		return check_escape(s, t, p);
	if (doubled && p[0] == '$' && p[1] == '{')
		return check_variable(s, t, p);
	if (!doubled && *p == '\\' && (p[1] == '\'' || p[1] == '\\'))
		return 2;
	return 1;
}

/* Both kinds of string end on their line; a backslash can continue "...". */
static void
read_string(struct scan *s, struct token *t)
{
	char quote = s->text[s->at++];

	t->kind = TOKEN_STRING;
	while (s->at < s->n && s->text[s->at] != '\n' &&
	    s->text[s->at] != quote)
		s->at += string_step(s, t, s->text + s->at);
	if (s->at < s->n && s->text[s->at] == quote)
		s->at++;
	else
		spoil(s, t, quote == '"' ? "a string is not closed: \"" :
		    "a string is not closed: '");
	t->to = s->at;
}

static enum token_kind
sign_kind(const char *p)
{
	static const struct {
		char sign;
		enum token_kind kind;
	} signs[] = {
		{ '{', TOKEN_OPEN }, { '}', TOKEN_CLOSE },
		{ '=', TOKEN_ASSIGN }, { ',', TOKEN_COMMA },
		{ '(', TOKEN_PAREN_OPEN }, { ')', TOKEN_PAREN_CLOSE },
	};
	size_t i;

	for (i = 0; i < sizeof signs / sizeof signs[0]; i++)
		if (signs[i].sign == *p)
			return signs[i].kind;
	return p[0] == '+' && p[1] == '=' ? TOKEN_APPEND : TOKEN_END;
}

static struct token
read_token(struct scan *s)
{
	struct token t = { .kind = TOKEN_END };

	if (!s->stopped)
		skip_space(s);
	t.from = t.to = s->at;
	t.line = s->line;
	if (s->stopped || s->at >= s->n)
		return t;
	t.kind = sign_kind(s->text + s->at);
	if (t.kind != TOKEN_END) {
		s->at += t.kind == TOKEN_APPEND ? 2 : 1;
		t.to = s->at;
	} else if (s->text[s->at] == '"' || s->text[s->at] == '\'')
		read_string(s, &t);
	else
		read_word(s, &t);
	return t;
}

const struct token *
scan_peek(struct scan *s, size_t index)
{
	struct token t;

	while (s->nahead <= index) {
		/* It may stop the scan and forget what is ahead. */
		t = read_token(s);
		s->ahead[s->nahead++] = t;
	}
	return &s->ahead[index];
}

struct token
scan_take(struct scan *s)
{
	struct token t = *scan_peek(s, 0);

	s->nahead--;
	s->ahead[0] = s->ahead[1];
	return t;
}

void
scan_stop(struct scan *s)
{
	s->stopped = true;
	s->at = s->n;
	s->nahead = 0;
}
