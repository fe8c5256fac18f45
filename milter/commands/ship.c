/* ship - saywhy ship: records to where many hosts keep them */

#include <string.h>

#include "base/log.h"
#include "commands/command.h"
#include "commands/ship_post.h"
#include "engine/ruleset.h"
#include "version.h"

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	{ .name = "once", .letter = '1',
	    .help = "end when all of the file is shipped, do not follow it" },
	{ .name = NULL }
};

static int
run(struct arguments *args)
{
	const char *path = SAYWHY_CONFIG, *value;
	const struct argument *a;
	struct ruleset *rules;
	bool once = false;
	int status;

	while ((a = arguments_next(args, &value)) != NULL)
		if (strcmp(a->name, "once") == 0)
			once = true;
		else
			path = value;
	rules = command_settings(path);
	command_as_account(rules);
	log_open("saywhy-ship", false, LOG_LEVEL_INFO);
	status = ship_post(rules, args->argv[0], once);
	ruleset_release(rules);
	return status;
}

const struct command command_ship = {
	.name = "ship",
	.words = "[--once] NAME",
	.min_words = 1,
	.max_words = 1,
	.summary = "Ships records to where many hosts keep them",
	.arguments = arguments,
	.run = run
};
