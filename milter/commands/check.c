/* check - saywhy check: every mistake of a configuration at once */

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/json.h"
#include "commands/check_here.h"
#include "commands/command.h"
#include "engine/ruleset.h"
#include "version.h"

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	COMMAND_JSON,
	{ .name = NULL }
};

static size_t
active_checks(const struct ruleset *r)
{
	size_t i, n = 0;

	for (i = 0; i < r->nrules; i++)
		n += r->rules[i].active;
	return n;
}

static void
print_plain(const char *path, const struct ruleset *r, const struct diags *d)
{
	size_t warnings = d->n - d->errors;

	diags_print(d, stderr);
	if (r == NULL)
		printf("%s: not good, %zu mistake%s\n", path, d->errors,
		    d->errors == 1 ? "" : "s");
	else
		printf("%s: good, %zu warning%s; mode %s, %zu of %zu checks "
		    "active\n", path, warnings, warnings == 1 ? "" : "s",
		    mode_names[r->policy.mode], active_checks(r), r->nrules);
}

static void
put_mistake(struct json *j, const struct diag *d)
{
	json_object(j);
	json_member(j, "file", d->file);
	json_key(j, "line");
	json_int(j, d->line);
	json_key(j, "warning");
	json_bool(j, d->warning);
	json_member(j, "text", d->text);
	json_object_end(j);
}

static void
put_active(struct json *j, const struct ruleset *r)
{
	size_t i;

	json_member(j, "mode", mode_names[r->policy.mode]);
	json_key(j, "active");
	json_array(j);
	for (i = 0; i < r->nrules; i++)
		if (r->rules[i].active)
			json_string(j, r->rules[i].check->name);
	json_array_end(j);
}

static void
print_json(const char *path, const struct ruleset *r, const struct diags *d)
{
	struct buf out = BUF_INIT;
	struct json j = JSON_INIT(&out);
	size_t i;

	json_object(&j);
	json_member(&j, "config", path);
	json_key(&j, "good");
	json_bool(&j, r != NULL);
	json_key(&j, "mistakes");
	json_array(&j);
	for (i = 0; i < d->n; i++)
		put_mistake(&j, &d->v[i]);
	json_array_end(&j);
	if (r != NULL)
		put_active(&j, r);
	json_object_end(&j);
	puts(out.data);
	buf_free(&out);
}

static int
run(struct arguments *args)
{
	const char *path = SAYWHY_CONFIG, *value;
	const struct argument *a;
	struct diags d = DIAGS_INIT;
	struct ruleset *r;
	bool json = false;

	while ((a = arguments_next(args, &value)) != NULL)
		if (strcmp(a->name, "json") == 0)
			json = true;
		else
			path = value;
	if (args->argc == 1)
		path = args->argv[0];
	r = ruleset_load(path, &d);
	if (r != NULL)
		check_here(r, &d);
	(json ? print_json : print_plain)(path, r, &d);
	diags_free(&d);
	if (r == NULL)
		return 1;
	ruleset_release(r);
	return 0;
}

const struct command command_check = {
	.name = "check",
	.words = "[--json] [FILE]",
	.max_words = 1,
	.summary = "Finds every mistake of a configuration",
	.arguments = arguments,
	.run = run
};
