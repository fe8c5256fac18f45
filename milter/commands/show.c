/* show - saywhy show: one record, for the admin */

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/escape.h"
#include "commands/command.h"
#include "commands/record_source.h"
#include "records/record.h"
#include "records/record_read.h"
#include "version.h"
#include "words/reason.h"

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	RECORD_SOURCE_FILE,
	RECORD_SOURCE_HOST,
	COMMAND_JSON,
	{ .name = NULL }
};

static void
put_line(const char *label, const char *text)
{
	struct buf b = BUF_INIT;

	if (text == NULL || *text == '\0')
		return;
	escape_put(&b, text, strlen(text));
	printf("  %-11s %s\n", label, b.data);
	buf_free(&b);
}

/* "label  first (second)", where there is something. */
static void
put_pair(const char *label, const char *first, const char *second)
{
	struct buf b = BUF_INIT;

	buf_puts(&b, first);
	if (second != NULL && *second != '\0')
		buf_printf(&b, "%s(%s)", b.len > 0 ? " " : "", second);
	put_line(label, b.data);
	buf_free(&b);
}

static void
put_address(const char *label, const char *address)
{
	struct buf b = BUF_INIT;

	if (address == NULL)
		return;
	buf_printf(&b, "<%s>", address);
	put_line(label, b.data);
	buf_free(&b);
}

static void
put_reply(const struct parsed_record *t, const char *key)
{
	char code[32], status[32], lines[32];
	struct buf b = BUF_INIT;
	size_t i;

	snprintf(code, sizeof code, "%s.code", key);
	snprintf(status, sizeof status, "%s.status", key);
	snprintf(lines, sizeof lines, "%s.lines", key);
	if (parsed_int(t, code, 0) != 0)
		buf_printf(&b, "%lld ", parsed_int(t, code, 0));
	if (parsed_text(t, status) != NULL)
		buf_printf(&b, "%s ", parsed_text(t, status));
	for (i = 0; i < parsed_count(t, lines); i++) {
		buf_puts(&b, parsed_item(t, lines, i));
		put_line(i == 0 ? key : "", b.data);
		buf_clear(&b);
	}
	buf_free(&b);
}

static void
put_evidence(void *arg, const char *key, const char *value)
{
	(void)arg;
	put_line(key, value);
}

static void
put_also(const struct parsed_record *t)
{
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < parsed_count(t, "also"); i++) {
		buf_clear(&b);
		buf_printf(&b, "%s (%s, %s)",
		    parsed_member(t, "also", i, "reason"),
		    parsed_member(t, "also", i, "check"),
		    parsed_member(t, "also", i, "action"));
		put_line(i == 0 ? "also" : "", b.data);
	}
	buf_free(&b);
}

static void
put_who_and_where(const struct parsed_record *t)
{
	size_t i;

	put_pair("client", parsed_text(t, "client.address"),
	    parsed_text(t, "client.name"));
	put_line("helo", parsed_text(t, "helo"));
	put_line("tls", parsed_text(t, "tls"));
	put_line("login", parsed_text(t, "login"));
	put_address("sender", parsed_text(t, "sender"));
	for (i = 0; i < parsed_count(t, "recipients"); i++)
		put_address(i == 0 ? "recipients" : "",
		    parsed_item(t, "recipients", i));
	put_line("message-id", parsed_text(t, "message_id"));
	put_line("queue id", parsed_text(t, "queue_id"));
	put_pair("server", parsed_text(t, "server.address"),
	    parsed_text(t, "server.daemon"));
}

/* Lines that end are steps; each gets its number. */
static void
put_steps(const char *steps)
{
	const char *end;
	int n = 1;

	for (; *steps != '\0'; steps = *end != '\0' ? end + 1 : end) {
		end = steps + strcspn(steps, "\n");
		printf("  %d. %.*s\n", n++, (int)(end - steps), steps);
	}
}

static void
put_catalogue(int id, bool final)
{
	struct buf steps = BUF_INIT;

	if (id == REASON_NONE)
		return;
	printf("\nWhat the one who must act (%s) does:\n",
	    who_name(reason_who(id, final)));
	reason_put_steps(&steps, id, final, reason_prose(id)->steps, NULL);
	put_steps(steps.data);
	buf_free(&steps);
	printf("\nHere it is changed in: %s\n", reason_prose(id)->tune);
}

static void
print_record(const struct parsed_record *t)
{
	const char *reason = parsed_text(t, "reason");
	int id = reason != NULL ? reason_by_name(reason) : REASON_NONE;

	printf("%s  %s  %s  by %s\n", parsed_text(t, "id"),
	    parsed_text(t, "time"), parsed_text(t, "outcome"),
	    parsed_text(t, "issuer"));
	put_pair("reason", reason != NULL ? reason : "not recognised",
	    id != REASON_NONE ? reason_prose(id)->title : NULL);
	put_pair("check", parsed_text(t, "check"), parsed_text(t, "stage"));
	put_line("exception", parsed_text(t, "exception"));
	put_reply(t, "reply");
	put_reply(t, "was");
	put_who_and_where(t);
	parsed_each(t, "evidence", put_evidence, NULL);
	put_also(t);
	put_catalogue(id, parsed_is_final(t));
}

/* NULL: there is none of that host, or none at all. */
static struct parsed_record *
of_host(struct parsed_record *t, const char *host)
{
	if (t == NULL || parsed_is_of(t, host))
		return t;
	parsed_free(t);
	return NULL;
}

/* The words joined are the id, as somebody reads it from a phone call. */
static bool
read_id(const struct arguments *args, char id[RECORD_ID_TEXT])
{
	struct buf b = BUF_INIT;
	bool good;
	int i;

	for (i = 0; i < args->argc; i++)
		buf_puts(&b, args->argv[i]);
	good = record_id_read(b.data, b.len, id);
	buf_free(&b);
	return good;
}

static int
run(struct arguments *args)
{
	struct record_source source = RECORD_SOURCE_INIT;
	const struct argument *a;
	struct buf line = BUF_INIT;
	struct parsed_record *t;
	char id[RECORD_ID_TEXT];
	const char *value, *host = NULL;
	bool json = false, found;

	while ((a = arguments_next(args, &value)) != NULL)
		if (strcmp(a->name, "host") == 0)
			host = value;
		else if (!record_source_option(&source, a->name, value))
			json = true;
	if (!read_id(args, id))
		arguments_wrong(args, "give one id: 12 or 14 letters and "
		    "digits, as in the last line of a refusal");
	t = of_host(record_source_get(&source, args, id, &line), host);
	if (t == NULL)
		fprintf(stderr, "saywhy show: no record %s%s%s; it may be "
		    "older than the retention\n", id, host != NULL ? " of " :
		    "", host != NULL ? host : "");
	else if (json)
		puts(line.data);
	else
		print_record(t);
	found = t != NULL;
	parsed_free(t);
	record_source_close(&source);
	buf_free(&line);
	return found ? 0 : 1;
}

const struct command command_show = {
	.name = "show",
	.words = "[--host NAME] [--json] ID",
	.min_words = 1,
	.max_words = COMMAND_ANY,
	.summary = "Shows one record by the id of the refusal",
	.arguments = arguments,
	.run = run
};
