/* status - saywhy status: what the daemon is doing */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/sock.h"
#include "commands/command.h"
#include "doors/control.h"
#include "ruleset.h"
#include "version.h"

#define WAIT_MS 5000
#define ANSWER_MOST 65536

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	COMMAND_JSON,
	{ .name = "socket", .letter = 's', .value = "SPEC",
	    .help = "ask here instead of where the configuration says" },
	{ .name = NULL }
};

/* False, words in `why`: nobody answers. */
static bool
ask(const char *spec, struct buf *answer, struct buf *why)
{
	int64_t deadline = clock_ms() + WAIT_MS;
	struct sock_spec place;
	bool good;
	int fd;

	if (!sock_spec_parse(spec, &place, why))
		return false;
	fd = sock_connect(&place, deadline, why);
	if (fd < 0)
		return false;
	good = sock_write(fd, CONTROL_STATUS, strlen(CONTROL_STATUS),
	    deadline) && sock_read_line(fd, answer, ANSWER_MOST, deadline);
	close(fd);
	if (!good)
		buf_printf(why, "%s: no answer", spec);
	return good;
}

/* The words after "key": in our own JSON, which has no blanks. */
static const char *
after(const char *json, const char *key)
{
	struct buf quoted = BUF_INIT;
	const char *at;

	buf_printf(&quoted, "\"%s\":", key);
	at = strstr(json, quoted.data);
	if (at != NULL)
		at += quoted.len;
	buf_free(&quoted);
	return at != NULL ? at : "";
}

static void
print_value(const char *json, const char *key)
{
	const char *at = after(json, key);
	size_t n;

	if (*at == '"') {
		at++;
		n = strcspn(at, "\"");
	} else
		n = strcspn(at, ",}]");
	printf("%.*s", (int)n, at);
}

static void
print_row(const char *label, const char *json, const char *const *keys)
{
	printf("%-11s", label);
	for (; *keys != NULL; keys++) {
		printf(" %s ", *keys);
		print_value(json, *keys);
		if (keys[1] != NULL)
			putchar(',');
	}
	putchar('\n');
}

/* An object each, of the array behind "key":. */
static void
print_each(const char *label, const char *json, const char *key,
    const char *const *keys)
{
	const char *at = after(json, key);

	for (; *at != '\0' && at[1] == '{'; at += strcspn(at, "}") + 1)
		print_row(label, at, keys);
}

/* One list: its name, its counts, and why it is not in use. */
static void
print_list(const char *label, const char *json, const char *const *keys,
    const char *trouble, const char *words)
{
	printf("%-11s ", label);
	print_value(json, "list");
	for (; *keys != NULL; keys++) {
		printf(", %s ", *keys);
		print_value(json, *keys);
	}
	if (*after(json, trouble) == '"') {
		printf("; %s: ", words);
		print_value(json, trouble);
	}
	putchar('\n');
}

static void
print_lists(const char *json)
{
	static const char *const local[] = { "entries", NULL };
	static const char *const dns[] = { "asked", "listed", "trouble",
		NULL };
	const char *at = after(json, "lists");

	for (; *at != '\0' && at[1] == '{'; at += strcspn(at, "}") + 1)
		print_list("list", at, local, "trouble",
		    "the file as it is now is not in use");
	at = after(json, "dns-lists");
	for (; *at != '\0' && at[1] == '{'; at += strcspn(at, "}") + 1)
		print_list("dns list", at, dns, "aside", "set aside");
}

static void
print_mistakes(const char *json)
{
	const char *at = after(json, "mistakes");

	for (at++; *at == '"' || *at == ','; at++) {
		if (*at == ',')
			continue;
		printf("            ");
		for (at++; *at != '"' && *at != '\0'; at++) {
			if (*at == '\\' && at[1] != '\0')
				at++;
			putchar(*at);
		}
		putchar('\n');
	}
}

static void
print_plain(const char *json)
{
	static const char *const daemon[] = { "version", "pid", "mode",
		"uptime", NULL };
	static const char *const sessions[] = { "now", "most", "total", NULL };
	static const char *const mail[] = { "messages", "recipients", NULL };
	static const char *const refused[] = { "rejected", "tempfailed",
		"refused-by-mta", NULL };
	static const char *const others[] = { "observed", "quarantined",
		"marked", NULL };
	static const char *const records[] = { "written", "lost", NULL };
	static const char *const dns[] = { "asked", "cached", "sent",
		"trouble", "kept", NULL };
	static const char *const store[] = { "state", "taken", "behind",
		NULL };
	static const char *const rate[] = { "sessions", "recipients",
		"refused", NULL };
	static const char *const replies[] = { "asked", "changed", "own",
		"passed", "unjoined", NULL };
	static const char *const service[] = { "asked", "refused", "closed",
		NULL };
	static const char *const scanners[] = { "kind", "server", "state",
		"scans", "troubles", "trouble", NULL };
	static const char *const reload[] = { "time", "good", NULL };

	print_row("saywhyd", json, daemon);
	print_row("sessions", json, sessions);
	print_row("mail", after(json, "counts"), mail);
	print_row("refused", after(json, "counts"), refused);
	print_row("let pass", after(json, "counts"), others);
	print_row("a minute", after(after(json, "per-minute"), "5"), rate);
	print_row("records", after(json, "records"), records);
	print_row("reply map", after(json, "reply-map"), replies);
	print_row("service", after(json, "policy-service"), service);
	print_row("dns", after(json, "dns"), dns);
	print_row("store", after(json, "store"), store);
	print_lists(json);
	print_each("scanner", json, "scanners", scanners);
	print_row("loaded", after(json, "reload"), reload);
	print_mistakes(json);
}

static char *
configured_socket(const char *path)
{
	struct ruleset *r = command_settings(path);
	char *spec = mem_dup(r->daemon.control);

	ruleset_drop(r);
	return spec;
}

static int
run(struct arguments *args)
{
	const char *path = SAYWHY_CONFIG, *value;
	const struct argument *a;
	struct buf answer = BUF_INIT, why = BUF_INIT;
	char *spec = NULL;
	bool json = false, good;

	while ((a = arguments_next(args, &value)) != NULL)
		if (strcmp(a->name, "json") == 0)
			json = true;
		else if (strcmp(a->name, "socket") == 0)
			mem_replace(&spec, value);
		else
			path = value;
	if (spec == NULL)
		spec = configured_socket(path);
	good = ask(spec, &answer, &why);
	if (!good)
		fprintf(stderr, "saywhy status: %s\n", why.data);
	else if (json)
		puts(answer.data);
	else
		print_plain(answer.data);
	free(spec);
	buf_free(&answer);
	buf_free(&why);
	return good ? 0 : EX_UNAVAILABLE;
}

const struct command command_status = {
	.name = "status",
	.words = "[--json] [--socket SPEC]",
	.summary = "Tells what the daemon is doing",
	.arguments = arguments,
	.run = run
};
