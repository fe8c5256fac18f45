/* doctor - saywhy doctor: what is wrong, and what mends it */

#include "commands/doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/json.h"
#include "base/mem.h"
#include "commands/command.h"
#include "engine/ruleset.h"
#include "setup/setup_mta.h"
#include "version.h"

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	COMMAND_JSON,
	{ .name = "postfix", .value = "FOLDER",
	    .help = "where its main.cf lies" },
	{ .name = NULL }
};

static const char *const health_names[HEALTH_COUNT] = {
	[HEALTH_GOOD] = "good",
	[HEALTH_ODD] = "odd",
	[HEALTH_WRONG] = "wrong",
};

static const struct symptom *
first_of(const struct symptoms *s, enum health health)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->v[i].health == health)
			return &s->v[i];
	return NULL;
}

static size_t
count_of(const struct symptoms *s, enum health health)
{
	size_t i, n = 0;

	for (i = 0; i < s->n; i++)
		n += s->v[i].health == health;
	return n;
}

/* The configuration, without which nothing else can be checked. */
static struct ruleset *
load(struct symptoms *s, const char *config)
{
	struct diags d = DIAGS_INIT;
	struct ruleset *r = ruleset_load(config, &d);
	struct buf words = BUF_INIT;
	size_t i;

	for (i = 0; i < d.n; i++) {
		buf_clear(&words);
		buf_puts(&words, d.v[i].file != NULL ? d.v[i].file : config);
		if (d.v[i].line > 0)
			buf_printf(&words, ":%d", d.v[i].line);
		symptom_add(s, d.v[i].warning ? HEALTH_ODD : HEALTH_WRONG,
		    "configuration", "mend it; saywhy check tells more",
		    "%s: %s", words.data, d.v[i].text);
	}
	buf_free(&words);
	if (d.n == 0)
		symptom_add(s, HEALTH_GOOD, "configuration", NULL,
		    "%s has no mistake; mode %s", config,
		    mode_names[r->policy.mode]);
	diags_free(&d);
	return r;
}

static void
examine(struct symptoms *s, const char *config, const char *postfix)
{
	struct ruleset *r = load(s, config);
	struct setup_mta mta;
	struct buf errmsg = BUF_INIT;
	bool has_postfix;

	if (r == NULL)
		return;
	has_postfix = setup_mta_read(&mta, postfix, &errmsg);
	doctor_accounts(s, r);
	doctor_mta(s, r, config, has_postfix ? &mta : NULL);
	if (doctor_daemon(s, r, config))
		doctor_sockets(s, r);
	if (has_postfix)
		doctor_lists(s, r, config, mta.folder);
	doctor_sources(s, r);
	doctor_disk(s, r);
	doctor_network(s, r);
	doctor_page(s, r);
	setup_mta_clear(&mta);
	buf_free(&errmsg);
	ruleset_release(r);
}

/* Where to begin stands in the first line. */
static void
print_plain(const struct symptoms *s)
{
	size_t wrong = count_of(s, HEALTH_WRONG), i;
	const struct symptom *first = first_of(s, HEALTH_WRONG);

	if (first != NULL)
		printf("wrong: %s\n", first->text);
	else
		printf("saywhy is well; %zu thing%s to know\n",
		    count_of(s, HEALTH_ODD),
		    count_of(s, HEALTH_ODD) == 1 ? "" : "s");
	if (wrong > 1)
		printf("%zu more below. What stands first may be the cause.\n",
		    wrong - 1);
	putchar('\n');
	for (i = 0; i < s->n; i++) {
		printf("%-6s%-14s %s\n", health_names[s->v[i].health],
		    s->v[i].about, s->v[i].text);
		if (s->v[i].mend != NULL)
			printf("%20s -> %s\n", "", s->v[i].mend);
	}
}

static void
print_json(const struct symptoms *s)
{
	struct buf out = BUF_INIT;
	struct json j = JSON_INIT(&out);
	size_t i;

	json_object(&j);
	json_key(&j, "well");
	json_bool(&j, first_of(s, HEALTH_WRONG) == NULL);
	json_key(&j, "symptoms");
	json_array(&j);
	for (i = 0; i < s->n; i++) {
		json_object(&j);
		json_member(&j, "health", health_names[s->v[i].health]);
		json_member(&j, "about", s->v[i].about);
		json_member(&j, "text", s->v[i].text);
		json_member(&j, "mend", s->v[i].mend);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	puts(out.data);
	buf_free(&out);
}

static int
run(struct arguments *args)
{
	const char *path = SAYWHY_CONFIG, *postfix = NULL, *value;
	struct symptoms s = { .v = NULL };
	const struct argument *a;
	bool json = false, well;

	while ((a = arguments_next(args, &value)) != NULL)
		if (strcmp(a->name, "json") == 0)
			json = true;
		else if (strcmp(a->name, "postfix") == 0)
			postfix = value;
		else
			path = value;
	examine(&s, path, postfix);
	well = first_of(&s, HEALTH_WRONG) == NULL;
	(json ? print_json : print_plain)(&s);
	symptoms_clear(&s);
	return well ? 0 : 1;
}

const struct command command_doctor = {
	.name = "doctor",
	.words = "[--json] [--postfix FOLDER]",
	.summary = "Tells what is wrong, and what mends it",
	.arguments = arguments,
	.run = run
};
