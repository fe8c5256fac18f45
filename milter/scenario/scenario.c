/* scenario - scenario files, read into statements */

#include "scenario/scenario.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"

static const struct {
	const char *word;
	size_t least;		/* words that must follow */
} verbs[] = {
	[VERB_CONFIG] = { "CONFIG", 0 },
	[VERB_DNS] = { "DNS", 3 },
	[VERB_CLIENT] = { "CLIENT", 1 },
	[VERB_LOCAL] = { "LOCAL", 0 },
	[VERB_HELO] = { "HELO", 0 },
	[VERB_TLS] = { "TLS", 1 },
	[VERB_LOGIN] = { "LOGIN", 1 },
	[VERB_MAIL] = { "MAIL", 1 },
	[VERB_RCPT] = { "RCPT", 1 },
	[VERB_REFUSED] = { "REFUSED", 3 },
	[VERB_DATA] = { "DATA", 0 },
	[VERB_RSET] = { "RSET", 0 },
	[VERB_WAIT] = { "WAIT", 1 },
	[VERB_EXPECT] = { "EXPECT", 1 },
	[VERB_LINE] = { "LINE", 1 },
	[VERB_FOUND] = { "FOUND", 1 },
	[VERB_NOT_FOUND] = { "NOT-FOUND", 1 },
	[VERB_RECORD] = { "RECORD", 1 },
	[VERB_NO_RECORD] = { "NO-RECORD", 0 },
	[VERB_MARK] = { "MARK", 1 },
	[VERB_RESULTS] = { "RESULTS", 1 },
	[VERB_HOLD] = { "HOLD", 0 }
};

#define ROUNDS_MAX 100000
#define STATEMENTS_MAX 400000

#define NVERBS (sizeof verbs / sizeof verbs[0])

/* Where we are in the text. */
struct reader {
	struct scenario *scenario;
	struct diags *d;
	const char *at, *end;
	int line;		/* of `at` */
	long round;		/* of REPEAT, 0: outside */
	struct buf expanded;	/* the line at hand in such a round */
};

/* "{n}", "{n/8}", "{n%8}" at the beginning; how long it is, 0: none. */
static size_t
put_round(struct buf *out, const char *at, size_t n, long round)
{
	char operator, text[24];
	long by = 1;
	int length = 0;

	if (n < 3 || at[0] != '{' || at[1] != 'n')
		return 0;
	snprintf(text, sizeof text, "%.*s", n < 20 ? (int)n : 20, at);
	if (text[2] != '}' && (sscanf(text, "{n%c%6ld}%n", &operator, &by,
	    &length) != 2 || length == 0 || by < 1 ||
	    (operator != '/' && operator != '%')))
		return 0;
	buf_printf(out, "%ld", text[2] == '}' ? round : operator == '/' ?
	    round / by : round % by);
	return text[2] == '}' ? 3 : (size_t)length;
}

static const char *
expand(struct reader *r, const char *line, size_t *n)
{
	size_t i = 0, took;

	buf_clear(&r->expanded);
	buf_puts(&r->expanded, "");
	while (i < *n) {
		took = put_round(&r->expanded, line + i, *n - i, r->round);
		if (took == 0)
			buf_putc(&r->expanded, line[i++]);
		i += took;
	}
	*n = r->expanded.len;
	return r->expanded.data;
}

/* The next line without its end; NULL when there is none. */
static const char *
next_line(struct reader *r, size_t *n)
{
	const char *line = r->at, *newline;

	if (line == r->end)
		return NULL;
	newline = memchr(line, '\n', (size_t)(r->end - line));
	if (newline == NULL)
		newline = r->end;
	r->at = newline < r->end ? newline + 1 : newline;
	r->line++;
	*n = (size_t)(newline - line);
	if (*n > 0 && line[*n - 1] == '\r')
		(*n)--;
	return r->round > 0 ? expand(r, line, n) : line;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One escape after the backslash; returns the bytes it used, 0: none. */
static size_t
put_escape(struct buf *out, const char *at, size_t n)
{
	static const char letters[] = "rnts\\", bytes[] = "\r\n\t \\";
	const char *letter = n > 0 && *at != '\0' ? strchr(letters, *at) : NULL;

	if (letter != NULL) {
		buf_putc(out, bytes[letter - letters]);
		return 1;
	}
	if (n >= 3 && *at == 'x' && hex(at[1]) >= 0 && hex(at[2]) >= 0) {
		buf_putc(out, (char)(hex(at[1]) * 16 + hex(at[2])));
		return 3;
	}
	return 0;
}

static char *
unescape(const char *text, size_t n, size_t *length)
{
	struct buf out = BUF_INIT;
	size_t i, took;

	for (i = 0; i < n; i++) {
		took = text[i] == '\\' ?
		    put_escape(&out, text + i + 1, n - i - 1) : 0;
		if (took == 0)
			buf_putc(&out, text[i]);
		i += took;
	}
	*length = out.len;
	return buf_steal(&out);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t
word_length(const char *at, size_t n)
{
	size_t i = 0;

	while (i < n && !is_blank(at[i]))
		i++;
	return i;
}

static void
split(struct statement *st, const char *text, size_t n)
{
	size_t cap = 0, length, unused;

	st->rest = unescape(text, n, &st->nrest);
	for (;;) {
		while (n > 0 && is_blank(*text))
			text++, n--;
		st->words = mem_room(st->words, st->nwords, &cap,
		    sizeof *st->words);
		st->words[st->nwords] = NULL;
		if (n == 0)
			return;
		length = word_length(text, n);
		st->words[st->nwords++] = unescape(text, length, &unused);
		text += length;
		n -= length;
	}
}

static void
complain_verb(struct reader *r, const char *word, size_t n)
{
	const char *words[NVERBS + 1], *nearest;
	char *text = mem_ndup(word, n);
	size_t i;

	for (i = 0; i < NVERBS; i++)
		words[i] = verbs[i].word;
	words[NVERBS] = NULL;
	nearest = diag_nearest(text, words);
	diags_error(r->d, r->scenario->file, r->line,
	    "\"%.40s\" begins no statement%s%s%s", text,
	    nearest != NULL ? "; did you mean " : "",
	    nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
	free(text);
}

static bool
find_verb(const char *word, size_t n, enum verb *verb)
{
	size_t i;

	for (i = 0; i < NVERBS; i++)
		if (strlen(verbs[i].word) == n &&
		    memcmp(verbs[i].word, word, n) == 0) {
			*verb = (enum verb)i;
			return true;
		}
	return false;
}

/* The lines of CONFIG or DATA, up to the one that ends it. */
static void
read_block(struct reader *r, struct statement *st)
{
	const char *last = st->verb == VERB_CONFIG ? "END" : ".";
	struct buf text = BUF_INIT;
	const char *line;
	size_t n;

	while ((line = next_line(r, &n)) != NULL) {
		if (n == strlen(last) && memcmp(line, last, n) == 0)
			break;
		buf_put(&text, line, n);
		buf_puts(&text, "\n");
	}
	if (line == NULL)
		diags_error(r->d, r->scenario->file, st->line,
		    "%s has no end, a line \"%s\"", verbs[st->verb].word,
		    last);
	free(st->rest);
	st->nrest = text.len;
	st->rest = buf_steal(&text);
}

static void
read_statement(struct reader *r, const char *line, size_t n)
{
	struct scenario *s = r->scenario;
	struct statement *st;
	size_t length = word_length(line, n);
	enum verb verb;

	if (!find_verb(line, length, &verb)) {
		complain_verb(r, line, length);
		return;
	}
	s->v = mem_room(s->v, s->n, &s->cap, sizeof *s->v);
	st = &s->v[s->n++];
	*st = (struct statement){ .verb = verb, .line = r->line };
	while (length < n && is_blank(line[length]))
		length++;
	split(st, line + length, n - length);
	if (st->nwords < verbs[verb].least)
		diags_error(r->d, s->file, r->line,
		    "%s: something is missing", verbs[verb].word);
	if (verb == VERB_CONFIG || verb == VERB_DATA)
		read_block(r, st);
}

static void read_repeat(struct reader *r, const char *line, size_t n);

static bool
is_word(const char *line, size_t n, const char *word)
{
	return word_length(line, n) == strlen(word) &&
	    memcmp(line, word, strlen(word)) == 0;
}

/* Up to AGAIN, or to the end of the file: false. */
static bool
read_statements(struct reader *r)
{
	const char *line;
	size_t n;

	while (r->scenario->n < STATEMENTS_MAX &&
	    (line = next_line(r, &n)) != NULL) {
		while (n > 0 && is_blank(*line))
			line++, n--;
		if (r->round > 0 && is_word(line, n, "AGAIN"))
			return true;
		if (r->round == 0 && is_word(line, n, "REPEAT"))
			read_repeat(r, line, n);
		else if (n > 0 && *line != '#')
			read_statement(r, line, n);
	}
	return false;
}

static void
read_repeat(struct reader *r, const char *line, size_t n)
{
	struct reader first = *r;
	char *number = mem_ndup(line + strlen("REPEAT"), n - strlen("REPEAT"));
	char *end;
	long rounds = strtol(number, &end, 10);
	bool good = *end == '\0' && rounds >= 1 && rounds <= ROUNDS_MAX;

	if (!good)
		diags_error(r->d, r->scenario->file, r->line,
		    "REPEAT: a number from 1 to %d", ROUNDS_MAX);
	free(number);
	for (r->round = 1; good && r->round <= rounds; r->round++) {
		r->at = first.at;
		r->line = first.line;
		good = read_statements(r);
		if (!good)
			diags_error(r->d, r->scenario->file, first.line,
			    "REPEAT has no AGAIN, or is too long");
	}
	r->round = 0;
}

bool
scenario_read(struct scenario *s, const char *file, const char *text,
    size_t n, struct diags *d)
{
	struct reader r = { .scenario = s, .d = d, .at = text,
		.end = text + n, .expanded = BUF_INIT };
	size_t errors = d->errors;

	memset(s, 0, sizeof *s);
	s->file = mem_dup(file);
	read_statements(&r);
	buf_free(&r.expanded);
	return d->errors == errors;
}

void
scenario_free(struct scenario *s)
{
	size_t i, j;

	for (i = 0; i < s->n; i++) {
		for (j = 0; j < s->v[i].nwords; j++)
			free(s->v[i].words[j]);
		free(s->v[i].words);
		free(s->v[i].rest);
	}
	free(s->v);
	free(s->file);
	memset(s, 0, sizeof *s);
}
