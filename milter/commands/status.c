/* status - saywhy status: what the daemon is doing */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/mem.h"
#include "commands/command.h"
#include "commands/daemon.h"
#include "commands/status_text.h"
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
print_plain(const char *json)
{
	struct buf text = BUF_INIT;

	status_text(json, &text);
	fputs(text.data, stdout);
	buf_free(&text);
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
