/* login - saywhy login: what a login sent lately, and whether it may send */

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/mem.h"
#include "checks/limit_block.h"
#include "checks/login_close.h"
#include "commands/command.h"
#include "commands/daemon.h"
#include "engine/ruleset.h"
#include "version.h"

#define LOGIN_MAX 500

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	{ .name = "open", .help = "it may send again, and counts from zero" },
	{ .name = "close", .help = "it may not send until it is opened" },
	{ .name = "reset", .help = "what was counted of it is forgotten" },
	COMMAND_JSON,
	{ .name = NULL }
};

struct wish {
	const char *config;
	const char *verb;
	bool json;
};

static void
read_wish(struct wish *w, struct arguments *args)
{
	const struct argument *a;
	const char *value;

	while ((a = arguments_next(args, &value)) != NULL) {
		if (strcmp(a->name, "config") == 0)
			w->config = value;
		else if (strcmp(a->name, "json") == 0)
			w->json = true;
		else if (strcmp(w->verb, "show") == 0)
			w->verb = a->name;
		else
			arguments_wrong(args, "one of --open, --close and "
			    "--reset");
	}
	if (args->argc != 1)
		arguments_wrong(args, "which login?");
	if (strlen(args->argv[0]) > LOGIN_MAX ||
	    strpbrk(args->argv[0], "\r\n") != NULL)
		arguments_wrong(args, "that is no name of a login");
}

static void
print_limits(const char *json)
{
	const char *at = daemon_after(json, "limits");
	struct buf window = BUF_INIT;

	for (; *at != '\0' && at[1] == '{'; at += strcspn(at, "}") + 1) {
		const char *name = daemon_after(at, "limit");
		const char *what = daemon_after(at, "what");

		buf_clear(&window);
		limit_put_window(&window,
		    strtoll(daemon_after(at, "window"), NULL, 10));
		printf("  %.*s: %lld of %lld %.*s in %s\n",
		    (int)strcspn(name + 1, "\""), name + 1,
		    strtoll(daemon_after(at, "count"), NULL, 10),
		    strtoll(daemon_after(at, "amount"), NULL, 10),
		    (int)strcspn(what + 1, "\""), what + 1, window.data);
	}
	buf_free(&window);
}

/* "recipients", "by hand, by root" */
static void
put_because(struct buf *out, const char *json)
{
	const char *because = daemon_after(json, "because");
	const char *uid = daemon_after(json, "uid");
	const struct passwd *user = NULL;

	buf_put(out, because + 1, strcspn(because + 1, "\""));
	if (*uid == '\0')
		return;
	user = getpwuid((uid_t)strtoul(uid, NULL, 10));
	if (user != NULL)
		buf_printf(out, ", by %s", user->pw_name);
	else
		buf_printf(out, ", by uid %lu", strtoul(uid, NULL, 10));
}

static void
print(const char *login, const char *json)
{
	const char *since = daemon_after(json, "since");
	struct buf because = BUF_INIT, quoted = BUF_INIT;

	if (*since == '"') {
		put_because(&because, json);
		login_put_quoted(&quoted, login);
		printf("%s may not send, since %.*s (%s); saywhy login %s "
		    "--open ends it\n", login, (int)strcspn(since + 1, "\""),
		    since + 1, because.data, quoted.data);
	} else {
		printf("%s may send\n", login);
	}
	buf_free(&because);
	buf_free(&quoted);
	print_limits(json);
	if (strncmp(daemon_after(json, "limits"), "[]", 2) == 0)
		printf("  no limit is counted per login, so that closing one "
		    "has no effect\n");
}

/* Status 0: it may send. */
static int
run(struct arguments *args)
{
	struct wish w = { .config = SAYWHY_CONFIG, .verb = "show" };
	struct buf question = BUF_INIT, answer = BUF_INIT, errmsg = BUF_INIT;
	struct ruleset *r;
	int status = EX_UNAVAILABLE;

	read_wish(&w, args);
	r = command_settings(w.config);
	buf_printf(&question, "login %s %s\n", w.verb, args->argv[0]);
	if (!daemon_ask_about(r->daemon.control, question.data, &answer,
	    &errmsg)) {
		fprintf(stderr, "saywhy login: %s\n", errmsg.data);
	} else {
		if (w.json)
			puts(answer.data);
		else
			print(args->argv[0], answer.data);
		status = strncmp(daemon_after(answer.data, "suspended"),
		    "true", 4) == 0;
	}
	ruleset_release(r);
	buf_free(&question);
	buf_free(&answer);
	buf_free(&errmsg);
	return status;
}

const struct command command_login = {
	.name = "login",
	.words = "[--open | --close | --reset] [--json] NAME",
	.min_words = 1,
	.max_words = 1,
	.summary = "Tells what a login sent lately, stops it or lets it send",
	.arguments = arguments,
	.run = run
};
