/* status - saywhy status: what the daemon is doing */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/mem.h"
#include "commands/command.h"
#include "commands/daemon.h"
#include "engine/ruleset.h"
#include "version.h"

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	COMMAND_JSON,
	{ .name = "socket", .letter = 's', .value = "SPEC",
	    .help = "ask here instead of where the configuration says" },
	{ .name = NULL }
};

static void
print_value(const char *json, const char *key)
{
	const char *at = daemon_after(json, key);
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
	const char *at = daemon_after(json, key);

	for (; *at != '\0' && at[1] == '{'; at += strcspn(at, "}") + 1)
		print_row(label, at, keys);
}

/* One list: its name, its counts, and why it is disabled. */
static void
print_list(const char *label, const char *json, const char *const *keys,
    const char *failure, const char *words)
{
	printf("%-11s ", label);
	print_value(json, "list");
	for (; *keys != NULL; keys++) {
		printf(", %s ", *keys);
		print_value(json, *keys);
	}
	if (*daemon_after(json, failure) == '"') {
		printf("; %s: ", words);
		print_value(json, failure);
	}
	putchar('\n');
}

static void
print_lists(const char *json)
{
	static const char *const local[] = { "entries", NULL };
	static const char *const dns[] = { "queries", "listed", "failures",
		NULL };
	const char *at = daemon_after(json, "lists");

	for (; *at != '\0' && at[1] == '{'; at += strcspn(at, "}") + 1)
		print_list("list", at, local, "failure",
		    "the file as it is now is not in use");
	at = daemon_after(json, "dns-lists");
	for (; *at != '\0' && at[1] == '{'; at += strcspn(at, "}") + 1)
		print_list("dns list", at, dns, "disabled", "disabled");
}

static void
print_mistakes(const char *json)
{
	const char *at = daemon_after(json, "mistakes");

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
	static const char *const sessions[] = { "now", "max", "total", NULL };
	static const char *const mail[] = { "messages", "recipients", NULL };
	static const char *const refused[] = { "rejected", "tempfailed",
		"refused-by-mta", NULL };
	static const char *const others[] = { "observed", "quarantined",
		"marked", NULL };
	static const char *const records[] = { "written", "lost",
		"log-lines-lost", NULL };
	static const char *const dns[] = { "queries", "cached", "sent",
		"failures", "kept", NULL };
	static const char *const store[] = { "state", "taken", "behind",
		NULL };
	static const char *const rate[] = { "sessions", "recipients",
		"refused", NULL };
	static const char *const replies[] = { "queries", "changed", "own",
		"passed", "unjoined", NULL };
	static const char *const service[] = { "queries", "refused",
		"dropped", NULL };
	static const char *const exceptions[] = { "exception", "matched",
		NULL };
	static const char *const scanners[] = { "kind", "server", "state",
		"scans", "failures", "failure", NULL };
	static const char *const counters[] = { "keys", "size", "queries",
		"evicted", "server", "healthy", NULL };
	static const char *const reload[] = { "time", "good", NULL };

	print_row("saywhyd", json, daemon);
	print_row("sessions", json, sessions);
	print_row("mail", daemon_after(json, "counts"), mail);
	print_row("refused", daemon_after(json, "counts"), refused);
	print_row("let pass", daemon_after(json, "counts"), others);
	print_row("a minute", daemon_after(daemon_after(json, "per-minute"),
	    "5"), rate);
	print_row("records", daemon_after(json, "records"), records);
	print_row("reply map", daemon_after(json, "reply-map"), replies);
	print_row("service", daemon_after(json, "policy-service"), service);
	print_row("dns", daemon_after(json, "dns"), dns);
	print_row("store", daemon_after(json, "store"), store);
	print_row("counters", daemon_after(json, "counters"), counters);
	print_lists(json);
	print_each("scanner", json, "scanners", scanners);
	print_each("exception", json, "exceptions", exceptions);
	print_row("loaded", daemon_after(json, "reload"), reload);
	print_mistakes(json);
}

static char *
configured_socket(const char *path)
{
	struct ruleset *r = command_settings(path);
	char *spec = mem_dup(r->daemon.control);

	ruleset_release(r);
	return spec;
}

static int
run(struct arguments *args)
{
	const char *path = SAYWHY_CONFIG, *value;
	const struct argument *a;
	struct buf answer = BUF_INIT, errmsg = BUF_INIT;
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
	good = daemon_ask(spec, &answer, &errmsg);
	if (!good)
		fprintf(stderr, "saywhy status: %s\n", errmsg.data);
	else if (json)
		puts(answer.data);
	else
		print_plain(answer.data);
	free(spec);
	buf_free(&answer);
	buf_free(&errmsg);
	return good ? 0 : EX_UNAVAILABLE;
}

const struct command command_status = {
	.name = "status",
	.words = "[--json] [--socket SPEC]",
	.summary = "Tells what the daemon is doing",
	.arguments = arguments,
	.run = run
};
