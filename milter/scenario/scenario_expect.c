/* scenario_expect - compares what a scenario expects with what was played */

#include "scenario/scenario_expect.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "scenario/player.h"
#include "scenario/scenario.h"

static void
put_outcome(struct buf *out, const struct played *played)
{
	if (!played->refused && !played->would) {
		buf_puts(out, "ok");
		return;
	}
	if (played->would)
		buf_puts(out, "would ");
	reply_print(&played->reply, out);
}

/* " spf-fail rdns-missing", for the end of a sentence. */
static const char *
found_words(const struct played *played)
{
	return played->found.len > 0 ? played->found.data : " none";
}

/* "ok", "550 5.7.1", "would 550 5.7.1". */
static bool
is_outcome(const struct statement *st, const struct played *played)
{
	bool would = strcmp(st->words[0], "would") == 0;
	char **word = st->words + would;

	if (strcmp(st->words[0], "ok") == 0)
		return !played->refused && !played->would;
	if (*word == NULL || (would ? !played->would : !played->refused))
		return false;
	return atoi(word[0]) == played->reply.code &&
	    (word[1] == NULL || strcmp(word[1], played->reply.status) == 0);
}

static void
expect_outcome(const struct scenario *s, const struct statement *st,
    const struct played *played, struct diags *d)
{
	struct buf got = BUF_INIT;

	if (!is_outcome(st, played)) {
		put_outcome(&got, played);
		diags_error(d, s->file, st->line, "expected %s, got %s; "
		    "found were:%s", st->rest, got.data,
		    found_words(played));
	}
	buf_free(&got);
}

static void
expect_line(const struct scenario *s, const struct statement *st,
    const struct played *played, struct expected *expected, struct diags *d)
{
	const char *line = expected->lines < played->reply.n ?
	    played->reply.lines[expected->lines] : NULL;

	expected->lines++;
	if (line == NULL)
		diags_error(d, s->file, st->line,
		    "the reply has no line %zu", expected->lines);
	else if (fnmatch(st->rest, line, 0) != 0)
		diags_error(d, s->file, st->line,
		    "line %zu of the reply is \"%s\"", expected->lines, line);
}

static bool
is_found(const struct played *played, const char *reason)
{
	struct buf word = BUF_INIT;
	bool found;

	buf_printf(&word, " %s ", reason);
	found = strstr(played->found.data, word.data) != NULL;
	buf_free(&word);
	return found;
}

static void
expect_found(const struct scenario *s, const struct statement *st,
    const struct played *played, struct diags *d)
{
	bool wanted = st->verb == VERB_FOUND;
	size_t i;

	for (i = 0; i < st->nwords; i++)
		if (is_found(played, st->words[i]) != wanted)
			diags_error(d, s->file, st->line, "%s is %sfound; "
			    "found were:%s", st->words[i],
			    wanted ? "not " : "", found_words(played));
}

/* KEY=VALUE or KEY.MEMBER=VALUE in our own JSON, which has no blanks. */
static bool
record_has(const char *record, const char *word)
{
	size_t n = strcspn(word, "=");
	const char *value = word[n] == '=' ? word + n + 1 : "";
	const char *dot = memchr(word, '.', n), *at = record;
	struct buf want = BUF_INIT;
	bool found;

	if (dot != NULL) {
		buf_printf(&want, "\"%.*s\":{", (int)(dot - word), word);
		at = strstr(at, want.data);
		n -= (size_t)(dot + 1 - word);
		word = dot + 1;
		buf_clear(&want);
	}
	buf_printf(&want, "\"%.*s\":\"%s\"", (int)n, word, value);
	found = at != NULL && strstr(at, want.data) != NULL;
	buf_clear(&want);
	buf_printf(&want, "\"%.*s\":%s", (int)n, word, value);
	found = found || (at != NULL && *value != '\0' &&
	    strstr(at, want.data) != NULL);
	buf_free(&want);
	return found;
}

static bool
any_record_has_all(const struct statement *st, const char *records)
{
	char *copy = strdup(records), *rest = copy, *line;
	bool found = false;
	size_t i;

	while (!found && (line = strsep(&rest, "\n")) != NULL) {
		for (i = 0; i < st->nwords; i++)
			if (!record_has(line, st->words[i]))
				break;
		found = i == st->nwords && *line != '\0';
	}
	free(copy);
	return found;
}

static void
expect_record(const struct scenario *s, const struct statement *st,
    const struct played *played, struct diags *d)
{
	if (!any_record_has_all(st, played->records.data))
		diags_error(d, s->file, st->line,
		    "no such record; there is: %s",
		    played->records.len > 0 ? played->records.data : "none");
}

static void
expect_mark(const struct scenario *s, const struct statement *st,
    const struct played *played, struct diags *d)
{
	char *copy = strdup(played->marks.data), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0' && fnmatch(st->rest, line, 0) == 0)
			break;
	if (line == NULL)
		diags_error(d, s->file, st->line, "no such mark; there is: %s",
		    played->marks.len > 0 ? played->marks.data : "none");
	free(copy);
}

static void
expect_results(const struct scenario *s, const struct statement *st,
    const struct played *played, struct diags *d)
{
	const char *got = played->results.len > 0 ? played->results.data :
	    "none";

	if (fnmatch(st->rest, got, 0) != 0)
		diags_error(d, s->file, st->line, "the results are: %s", got);
}

void
scenario_expect(const struct scenario *s, const struct statement *st,
    const struct played *played, struct expected *expected, struct diags *d)
{
	switch ((int)st->verb) {
	case VERB_EXPECT:
		expected->outcome = true;
		expect_outcome(s, st, played, d);
		break;
	case VERB_LINE:
		expect_line(s, st, played, expected, d);
		break;
	case VERB_FOUND:
	case VERB_NOT_FOUND:
		expect_found(s, st, played, d);
		break;
	case VERB_RECORD:
		expect_record(s, st, played, d);
		break;
	case VERB_NO_RECORD:
		if (played->records.len > 0)
			diags_error(d, s->file, st->line, "there is a "
			    "record: %s", played->records.data);
		break;
	case VERB_MARK:
		expect_mark(s, st, played, d);
		break;
	case VERB_RESULTS:
		expect_results(s, st, played, d);
		break;
	case VERB_HOLD:
		if (!played->hold)
			diags_error(d, s->file, st->line, "it is not held");
		break;
	}
}

void
scenario_expected(const struct scenario *s, const struct statement *st,
    const struct played *played, const struct expected *expected,
    struct diags *d)
{
	struct buf got = BUF_INIT;

	if (played->refused && !expected->outcome) {
		put_outcome(&got, played);
		diags_error(d, s->file, st->line, "refused: %s; "
		    "found were:%s", got.data, found_words(played));
	} else if (expected->lines > 0 && expected->lines < played->reply.n)
		diags_error(d, s->file, st->line, "the reply has a line "
		    "more: \"%s\"", played->reply.lines[expected->lines]);
	buf_free(&got);
}
