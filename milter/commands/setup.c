/* setup - saywhy setup: what the mail server must be told, and telling it */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "commands/command.h"
#include "commands/setup_block.h"
#include "commands/setup_file.h"
#include "commands/setup_mta.h"
#include "commands/setup_plan.h"
#include "commands/setup_run.h"
#include "commands/setup_sendmail.h"
#include "commands/setup_verify.h"
#include "ruleset.h"
#include "version.h"

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	{ .name = "apply", .help = "write it to main.cf, and reload Postfix" },
	{ .name = "undo", .help = "take out of main.cf what was written" },
	{ .name = "verify",
	    .help = "have a recipient refused, and show reply and record" },
	{ .name = "postfix", .value = "FOLDER",
	    .help = "where its main.cf lies" },
	{ .name = "smtp", .value = "SPEC",
	    .help = "ask this server; inet:25@127.0.0.1 if not given" },
	{ .name = NULL }
};

struct wish {
	const char *config;
	const char *folder;	/* of Postfix; NULL: its own */
	const char *smtp;
	bool apply, undo, verify;
};

static int
wrong(const struct buf *why)
{
	fprintf(stderr, "saywhy setup: %s\n", why->data);
	return EX_UNAVAILABLE;
}

/* "- " and the words, in lines that fit. */
static void
print_note(const char *note)
{
	size_t width = (size_t)command_width(), at = 0, n;
	const char *lead = "- ";

	while (*note != '\0') {
		n = strcspn(note, " ");
		if (at > 0 && at + 1 + n > width - 2)
			at = 0;
		printf("%s%.*s", at > 0 ? " " : lead, (int)n, note);
		if (at == 0)
			lead = "\n  ";
		at += n + (at > 0);
		note += n + (note[n] == ' ');
	}
	putchar('\n');
}

static void
print_plan(const struct setup_plan *plan, const struct setup_mta *mta,
    bool is_set)
{
	size_t i;

	printf("Postfix %s\n", mta->value[VALUE_VERSION]);
	for (i = 0; i < plan->nnotes; i++)
		print_note(plan->notes[i]);
	if (is_set || plan->nsettings == 0) {
		puts("\nAll is set, there is nothing to do.");
		return;
	}
	puts("\nTo be set (saywhy setup --apply does it):\n");
	for (i = 0; i < plan->nsettings; i++)
		printf("postconf -e '%s = %s'\n", plan->settings[i].name,
		    plan->settings[i].value);
	puts("postfix reload");
}

/* A running Postfix reads it again; one that does not run will. */
static void
reload(const struct setup_mta *mta)
{
	const char *status[] = { "postfix", "-c", mta->folder, "status",
		NULL };
	const char *again[] = { "postfix", "-c", mta->folder, "reload", NULL };
	struct buf out = BUF_INIT;

	if (!setup_run(status, &out))
		puts("Postfix does not run; it takes effect when it does.");
	else if (setup_run(again, &out))
		puts("Postfix has read it again.");
	else
		printf("Postfix cannot be reloaded: %s\n", out.data);
	buf_free(&out);
}

/* postfix check, with the new text in place; the old one comes back if bad. */
static int
put_in_place(const struct setup_mta *mta, const char *path,
    const struct buf *old, const struct buf *text)
{
	const char *check[] = { "postfix", "-c", mta->folder, "check", NULL };
	struct buf why = BUF_INIT;
	int status = 0;

	if (!setup_file_write(path, text, &why))
		status = wrong(&why);
	else if (!setup_run(check, &why)) {
		status = wrong(&why);
		buf_clear(&why);
		if (!setup_file_write(path, old, &why))
			wrong(&why);
	} else
		reload(mta);
	buf_free(&why);
	return status;
}

/* Takes our blocks out of the text; false: one was changed, and it is told. */
static bool
without_blocks(const char *path, struct buf *text)
{
	struct diags d = DIAGS_INIT;
	bool good = setup_block_undo(text, path, &d);

	diags_print(&d, stderr);
	diags_free(&d);
	return good;
}

static int
undo(const struct setup_mta *mta, const char *path, const struct buf *old,
    const struct buf *bare)
{
	if (setup_block_is_there(old))
		return put_in_place(mta, path, old, bare);
	printf("%s: nothing of saywhy setup in it\n", path);
	return 0;
}

static void
put_settings(struct buf *text, const struct setup_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->nsettings; i++)
		setup_block_set(text, plan->settings[i].name,
		    plan->settings[i].value);
}

static void
make_plan(struct setup_plan *plan, const struct setup_mta *mta,
    const char *config)
{
	struct ruleset *rules = command_rules(config);
	const struct setup_doors doors = { .listen = rules->daemon.listen,
		.reply_map = rules->daemon.reply_map,
		.policy_service = rules->daemon.policy_service };

	setup_plan_make(plan, mta, &doors);
	ruleset_drop(rules);
}

/* Plans for `bare`, the main.cf without us; with us it is `text`. */
static int
plan_and_apply(const struct wish *w, const struct setup_mta *mta,
    const char *path, const struct buf *old, const struct buf *bare)
{
	struct setup_plan plan = { .nsettings = 0 };
	struct buf text = BUF_INIT;
	bool is_set;
	int status = 0;

	make_plan(&plan, mta, w->config);
	buf_put(&text, bare->data, bare->len);
	put_settings(&text, &plan);
	is_set = strcmp(text.data, old->data) == 0;
	print_plan(&plan, mta, is_set);
	if (w->apply && !is_set)
		status = put_in_place(mta, path, old, &text);
	setup_plan_clear(&plan);
	buf_free(&text);
	return status;
}

static int
serve_postfix(const struct wish *w, struct setup_mta *mta)
{
	struct buf path = BUF_INIT, why = BUF_INIT, old = BUF_INIT;
	struct buf bare = BUF_INIT;
	int status;

	buf_printf(&path, "%s/main.cf", mta->folder);
	if (!setup_file_read(path.data, &old, &why)) {
		status = wrong(&why);
	} else {
		buf_put(&bare, old.data, old.len);
		if (!without_blocks(path.data, &bare))
			status = 1;
		else if (w->undo)
			status = undo(mta, path.data, &old, &bare);
		else if (setup_block_is_there(&old) &&
		    !setup_mta_look_at(mta, &bare, &why))
			status = wrong(&why);
		else
			status = plan_and_apply(w, mta, path.data, &old,
			    &bare);
	}
	buf_free(&path);
	buf_free(&why);
	buf_free(&old);
	buf_free(&bare);
	return status;
}

static int
verify(const struct wish *w)
{
	struct ruleset *rules = command_rules(w->config);
	bool good = setup_verify(rules, w->smtp);

	ruleset_drop(rules);
	return good ? 0 : 1;
}

static int
serve(const struct wish *w)
{
	struct setup_mta mta;
	struct buf why = BUF_INIT;
	int status;

	if (w->verify && !w->apply && !w->undo)
		return verify(w);
	if (setup_mta_look(&mta, w->folder, &why))
		status = serve_postfix(w, &mta);
	else if (w->folder == NULL && setup_sendmail_is_there())
		status = setup_sendmail_tell(w->config, w->apply || w->undo);
	else
		status = wrong(&why);
	setup_mta_clear(&mta);
	buf_free(&why);
	if (status != 0 || !w->verify)
		return status;
	/* Those smtpd(8) that began before the reload are on their way out. */
	sleep(1);
	return verify(w);
}

static int
run(struct arguments *args)
{
	struct wish w = { .config = SAYWHY_CONFIG,
		.smtp = "inet:25@127.0.0.1" };
	const struct argument *a;
	const char *value;

	while ((a = arguments_next(args, &value)) != NULL)
		if (strcmp(a->name, "apply") == 0)
			w.apply = true;
		else if (strcmp(a->name, "undo") == 0)
			w.undo = true;
		else if (strcmp(a->name, "verify") == 0)
			w.verify = true;
		else if (strcmp(a->name, "postfix") == 0)
			w.folder = value;
		else if (strcmp(a->name, "smtp") == 0)
			w.smtp = value;
		else
			w.config = value;
	if (w.apply && w.undo)
		arguments_wrong(args, "--apply or --undo, not both");
	return serve(&w);
}

const struct command command_setup = {
	.name = "setup",
	.words = "[--apply | --undo] [--verify]",
	.summary = "Tells the mail server of saywhy, and can undo it",
	.arguments = arguments,
	.run = run
};
