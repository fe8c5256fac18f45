/* scenario - scenario files, read into statements */

#include "scenario/scenario.h"

#include <ctype.h>
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

#define NVERBS (sizeof verbs / sizeof verbs[0])

/* Where we are in the text. */
struct reader {
	struct scenario *scenario;
	struct diags *d;
	const char *at, *end;
	int line;		/* of `at` */
};

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
	return line;
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

bool
scenario_read(struct scenario *s, const char *file, const char *text,
    size_t n, struct diags *d)
{
	struct reader r = { .scenario = s, .d = d, .at = text,
		.end = text + n };
	size_t errors = d->errors, length;
	const char *line;

	memset(s, 0, sizeof *s);
	s->file = mem_dup(file);
	while ((line = next_line(&r, &length)) != NULL) {
		while (length > 0 && is_blank(*line))
			line++, length--;
		if (length > 0 && *line != '#')
			read_statement(&r, line, length);
	}
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
