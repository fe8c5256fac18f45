/* options - saywhy options: every option of the configuration */

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/option.h"
#include "commands/command.h"
#include "engine/ruleset.h"

static const struct argument arguments[] = {
	COMMAND_JSON,
	{ .name = NULL }
};

static const char *const type_names[] = {
	[OPTION_BOOL] = "yes|no",
	[OPTION_INT] = "number",
	[OPTION_SIZE] = "bytes",
	[OPTION_TIME] = "time",
	[OPTION_WORD] = "word",
	[OPTION_TEXT] = "text",
	[OPTION_PARSE] = "text",
	[OPTION_LIST] = "list",
	[OPTION_GROUP] = "block"
};

/* "observe|enforce" for words, else the type's name. */
static void
put_type(struct buf *out, const struct option *row)
{
	size_t i;

	if (row->type != OPTION_WORD) {
		buf_puts(out, type_names[row->type]);
		return;
	}
	for (i = 0; row->words[i] != NULL; i++)
		buf_printf(out, "%s%s", i > 0 ? "|" : "", row->words[i]);
}

static void
print_plain(void *arg, const char *path, const struct option *row)
{
	struct buf type = BUF_INIT;

	(void)arg;
	put_type(&type, row);
	printf("%s\n    %s; %s%s%s\n    %s\n", path, type.data,
	    row->default_value != NULL ? "default " : "no default",
	    row->default_value != NULL ? row->default_value : "",
	    row->restart ? "; restart required" : "", row->help);
	if (row->old_name != NULL)
		printf("    old name: %s\n", row->old_name);
	buf_free(&type);
}

static void
put_json(void *arg, const char *path, const struct option *row)
{
	struct json *j = arg;
	struct buf type = BUF_INIT;

	put_type(&type, row);
	json_object(j);
	json_member(j, "option", path);
	json_key(j, "old_name");
	json_string(j, row->old_name);
	json_member(j, "type", type.data);
	json_key(j, "default");
	json_string(j, row->default_value);
	if (row->max > 0) {
		json_key(j, "min");
		json_int(j, row->min);
		json_key(j, "max");
		json_int(j, row->max);
	}
	json_key(j, "restart");
	json_bool(j, row->restart);
	json_member(j, "help", row->help);
	json_object_end(j);
	buf_free(&type);
}

static int
run(struct arguments *args)
{
	struct buf out = BUF_INIT;
	struct json j = JSON_INIT(&out);
	const char *value;
	bool json = false;

	while (arguments_next(args, &value) != NULL)
		json = true;
	if (!json) {
		ruleset_each_option(print_plain, NULL);
		return 0;
	}
	json_array(&j);
	ruleset_each_option(put_json, &j);
	json_array_end(&j);
	puts(out.data);
	buf_free(&out);
	return 0;
}

const struct command command_options = {
	.name = "options",
	.words = "[--json]",
	.summary = "Lists every option of the configuration",
	.arguments = arguments,
	.run = run
};
