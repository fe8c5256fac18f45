/* status_text - the daemon's status as a person would tell it */

#include "commands/status_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "commands/daemon.h"

#define KEY_MAX 40
#define LABEL_WIDTH 11

/* "310000": 3 days 14 h. */
static void
put_time(struct buf *out, long seconds)
{
	if (seconds >= 86400)
		buf_printf(out, "%ld day%s %ld h", seconds / 86400,
		    seconds / 86400 == 1 ? "" : "s", seconds % 86400 / 3600);
	else if (seconds >= 3600)
		buf_printf(out, "%ld h %ld min", seconds / 3600,
		    seconds % 3600 / 60);
	else if (seconds >= 60)
		buf_printf(out, "%ld min", seconds / 60);
	else
		buf_printf(out, "%ld s", seconds);
}

/* One decimal where it matters, and blanks between thousands. */
static void
put_number(struct buf *out, const char *at)
{
	double value = strtod(at, NULL);
	char digits[48];
	size_t n, i;

	if (value < 100 && strcspn(at, ".") < strcspn(at, ",}]")) {
		snprintf(digits, sizeof digits, "%.1f", value);
		n = strlen(digits);
		if (strcmp(digits + n - 2, ".0") == 0)
			n -= 2;
		buf_put(out, digits, n);
		return;
	}
	n = (size_t)snprintf(digits, sizeof digits, "%.0f", value);
	for (i = 0; i < n; i++)
		buf_printf(out, "%s%c", i > 0 && n > 4 && (n - i) % 3 == 0 ?
		    " " : "", digits[i]);
}

static void
put_string(struct buf *out, const char *at)
{
	for (at++; *at != '"' && *at != '\0'; at++) {
		if (*at == '\\' && at[1] != '\0')
			at++;
		buf_putc(out, *at);
	}
}

/* False: it is zero, false, null, "" or not there. */
static bool
put_value(struct buf *out, const char *at, const char *key)
{
	if (*at == '"') {
		put_string(out, at);
		return at[1] != '"';
	}
	if (strchr("tfn", *at) != NULL)	/* and the end */
		return *at == 't';
	if (strcmp(key, "uptime") == 0)
		put_time(out, strtol(at, NULL, 10));
	else
		put_number(out, at);
	return strtod(at, NULL) > 0;
}

/* From {key} of the words; what stands behind it. */
static const char *
put_key(struct buf *out, const char *words, const char *json, bool *all)
{
	size_t n = strcspn(words + 1, "}");
	char key[KEY_MAX];

	memcpy(key, words + 1, n < KEY_MAX ? n : 0);
	key[n < KEY_MAX ? n : 0] = '\0';
	*all &= put_value(out, daemon_after(json, key), key);
	return words + n + 2;
}

/*
 * Appends a line for one object: {key} is its value, and what stands in [ ] is
 * left out where a value in it is zero, null or not there.
 */
static void
put_line(const char *label, const char *json, const char *words,
    struct buf *out)
{
	size_t part = 0;
	bool all = true;

	if (*json == '\0')
		return;
	buf_printf(out, "%-*s ", LABEL_WIDTH, label);
	while (*words != '\0')
		if (*words == '{')
			words = put_key(out, words, json, &all);
		else if (*words == '[') {
			part = out->len;
			all = true;
			words++;
		} else if (*words == ']') {
			if (!all)
				buf_cut(out, part);
			words++;
		} else
			buf_putc(out, *words++);
	buf_putc(out, '\n');
}

/* Behind its }; what stands in strings does not count. */
static size_t
object_length(const char *at)
{
	const char *p = at;
	bool inside = false;

	for (; *p != '\0' && (inside || *p != '}'); p++) {
		inside ^= *p == '"';
		p += *p == '\\' && p[1] != '\0';
	}
	return (size_t)(p - at) + (*p != '\0');
}

/* A line for each object of the array behind "key":. */
static void
put_each(const char *label, const char *json, const char *key,
    const char *words, struct buf *out)
{
	const char *at = daemon_after(json, key);
	struct buf one = BUF_INIT;
	size_t n;

	for (; *at != '\0' && at[1] == '{'; at += n) {
		n = object_length(at + 1) + 1;
		buf_clear(&one);
		buf_put(&one, at, n);
		put_line(label, one.data, words, out);
	}
	buf_free(&one);
}

static bool
was_queried(const char *json)
{
	return strtol(daemon_after(json, "queries"), NULL, 10) > 0;
}

static bool
is(const char *json, const char *key, const char *value)
{
	return strncmp(daemon_after(json, key), value, strlen(value)) == 0;
}

static void
put_counts(const char *json, struct buf *out)
{
	const char *counts = daemon_after(json, "counts");

	put_line("sessions", json, "{now} now, of {max} at most; "
	    "{total} since the start", out);
	put_line("a minute", daemon_after(daemon_after(json,
	    "per-minute"), "5"), "{sessions} sessions, {recipients} "
	    "recipients, {refused} refused: of the last five minutes", out);
	put_line("mail", counts, "{messages} messages, {recipients} "
	    "recipients", out);
	put_line("refused", counts, "{rejected} for good, "
	    "{tempfailed} for now[; {refused-by-mta} by the mail server "
	    "itself]", out);
	put_line("let pass", counts, "{observed} would be refused "
	    "where saywhy enforces[; {quarantined} quarantined][; {marked} "
	    "marked]", out);
}

static void
put_doors(const char *json, struct buf *out)
{
	const char *map = daemon_after(json, "reply-map");
	const char *service = daemon_after(json, "policy-service");

	if (was_queried(map))
		put_line("reply map", map, "asked {queries} times: "
		    "{changed} replies said otherwise, {own} were saywhy's "
		    "own, {passed} passed on as they were[; {unjoined} came "
		    "without their session]", out);
	if (was_queried(service))
		put_line("policy", service, "asked {queries} times, "
		    "{refused} refused[; {dropped} connections were closed]",
		    out);
}

static void
put_records(const char *json, struct buf *out)
{
	const char *store = daemon_after(json, "store");

	put_line("records", daemon_after(json, "records"),
	    "{written} written[; {lost} lost][; {log-lines-lost} lines of the "
	    "log lost]", out);
	if (is(store, "state", "\"works\""))
		put_line("store", store, "works; {taken} records "
		    "taken in[; {behind} bytes of the record file to go]"
		    "[, {lag} s behind]", out);
	else
		put_line("store", store, "{state}[: {failure}][; "
		    "{behind} bytes of the record file to go][, {lag} s "
		    "behind]", out);
	put_each("ship", json, "ships", "{ship} {state}[: {failure}]; {taken} "
	    "records taken[, {refused} refused][, {bad} lines were no record]"
	    "[; {behind} bytes of the record file to go][, {lag} s behind]",
	    out);
}

static void
put_counters(const char *json, struct buf *out)
{
	const char *counters = daemon_after(json, "counters");

	if (!was_queried(counters))
		return;
#define KEPT "{keys} of {size} kept, asked {queries} times" \
	"[; {evicted} had to go]"
	put_line("counters", counters,
	    is(counters, "healthy", "false") ?
	    KEPT "; {server} does not answer, this host counts alone" :
	    KEPT "[; in {server}][; {failures} questions not answered in "
	    "time]", out);
#undef KEPT
}

static void
put_outside(const char *json, struct buf *out)
{
	put_line("dns", daemon_after(json, "dns"), "{queries} "
	    "questions: {cached} answered from memory, {sent} sent[; "
	    "{failures} failed]; {kept} answers kept", out);
	put_counters(json, out);
	put_each("list", json, "lists", "{list}: {entries} entries[; the file "
	    "as it is now is not in use: {failure}]", out);
	put_each("list from", json, "list-sources", "{source}[: looked for at "
	    "{checked}][, signed at {signed}][; {failure}]", out);
	put_each("dns list", json, "dns-lists", "{list}: {queries} questions, "
	    "{listed} listed[, {failures} failed][; disabled: {disabled}]",
	    out);
	put_each("scanner", json, "scanners", "{kind} at {server} is {state}: "
	    "{scans} scans[, {failures} failed][; {failure}]", out);
	put_each("exception", json, "exceptions", "{exception}: changed what "
	    "was done {matched} times", out);
}

static void
put_mistakes(const char *reload, struct buf *out)
{
	const char *at = daemon_after(reload, "mistakes");

	for (at += *at == '['; *at == '"'; at += *at == ',') {
		buf_printf(out, "%-*s ", LABEL_WIDTH, "");
		put_string(out, at);
		buf_putc(out, '\n');
		for (at++; *at != '"' && *at != '\0'; at++)
			at += *at == '\\' && at[1] != '\0';
		at += *at == '"';
	}
}

void
status_text(const char *json, struct buf *out)
{
	const char *reload = daemon_after(json, "reload");

	put_line("saywhyd", json, "version {version}, mode {mode}"
	    "[ until {enforce-after}, then enforce][, policy {policy}], "
	    "process {pid}; runs for {uptime}", out);
	put_counts(json, out);
	put_doors(json, out);
	put_records(json, out);
	put_outside(json, out);
	put_line("loaded", reload, is(reload, "good", "false") ?
	    "the last reload failed, {time}; the configuration before it is "
	    "in use:" : "{time}", out);
	put_mistakes(reload, out);
}
