/* setup - saywhy setup: settings of the mail server, shown or made */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "commands/command.h"
#include "engine/ruleset.h"
#include "setup/adopt_postfix.h"
#include "setup/setup_ask.h"
#include "setup/setup_block.h"
#include "setup/setup_files.h"
#include "setup/setup_mta.h"
#include "setup/setup_plan.h"
#include "setup/setup_sendmail.h"
#include "setup/setup_verify.h"
#include "version.h"

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	{ .name = "apply", .help = "write it to main.cf, and reload Postfix" },
	{ .name = "undo", .help = "take out of main.cf what was written" },
	{ .name = "adopt",
	    .help = "take over what main.cf refuses, so that saywhy says it" },
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
	bool apply, undo, verify, adopt;
};

static int
tell_sendmail(const struct wish *w)
{
	struct ruleset *rules = command_rules(w->config);
	int status = setup_sendmail_tell(rules, w->apply || w->undo);

	ruleset_release(rules);
	return status;
}

static int
wrong(const struct buf *errmsg)
{
	fprintf(stderr, "saywhy setup: %s\n", errmsg->data);
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
    bool apply, bool is_set)
{
	size_t i;

	printf("Postfix %s\n", mta->value[VALUE_VERSION]);
	for (i = 0; i < plan->nnotes; i++)
		print_note(plan->notes[i]);
	if (is_set || plan->nsettings + plan->nways == 0) {
		puts("\nAll is set, there is nothing to do.");
		return;
	}
	puts(apply ? "\nThis is set:\n" :
	    "\nTo be set (saywhy setup --apply does it):\n");
	for (i = 0; i < plan->nsettings; i++)
		printf("postconf -e '%s = %s'\n", plan->settings[i].name,
		    plan->settings[i].value);
	for (i = 0; i < plan->nways; i++)
		printf("postconf -P '%s/inet/receive_override_options=%s'\n",
		    plan->ways[i].name, plan->ways[i].value);
	puts("postfix reload");
}

static int
put(const struct setup_files *f)
{
	struct buf errmsg = BUF_INIT;
	int status = setup_files_put(f, &errmsg) ? 0 : wrong(&errmsg);

	buf_free(&errmsg);
	return status;
}

/* What saywhy takes over, and what it leaves to Postfix. */
static int
adopt(const struct wish *w)
{
	struct buf errmsg = BUF_INIT;
	struct adopt a = { .conf = BUF_INIT };
	bool good = adopt_postfix(&a, w->folder, w->config, &errmsg);
	size_t i;

	if (good) {
		printf("%s", a.conf.data);
		printf("\n%zu restrictions are taken over, %zu stay "
		    "Postfix's%s\n", a.taken, a.nleft,
		    a.nleft > 0 ? ":" : ".");
		for (i = 0; i < a.nleft; i++)
			print_note(a.left[i]);
		putchar('\n');
	}
	if (good && w->apply) {
		good = adopt_put(&a, w->config, &errmsg);
		if (good)
			puts(ADOPTED_CONF " is written beside saywhy.conf; "
			    "systemctl reload saywhyd takes it into use.\n");
	}
	adopt_clear(&a);
	if (!good)
		wrong(&errmsg);
	buf_free(&errmsg);
	return good ? 0 : EX_UNAVAILABLE;
}

static int
undo_adopted(const struct wish *w)
{
	struct buf errmsg = BUF_INIT;
	int status = adopt_undo(w->config, &errmsg) ? 0 : wrong(&errmsg);

	buf_free(&errmsg);
	return status;
}

static int
undo(const struct setup_files *f)
{
	if (setup_files_have_blocks(f))
		return put(f);
	printf("%s: nothing of saywhy setup in main.cf and master.cf\n",
	    f->folder);
	return 0;
}

static void
put_settings(struct setup_files *f, const struct setup_plan *plan)
{
	struct buf option = BUF_INIT;
	size_t i;

	for (i = 0; i < plan->nsettings; i++)
		setup_block_set(&f->v[SETUP_MAIN].text,
		    plan->settings[i].name, plan->settings[i].value);
	for (i = 0; i < plan->nways; i++) {
		buf_clear(&option);
		buf_printf(&option, "receive_override_options=%s",
		    plan->ways[i].value);
		setup_block_option(&f->v[SETUP_MASTER].text,
		    plan->ways[i].name, option.data);
	}
	buf_free(&option);
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
	ruleset_release(rules);
}

/* A mail server that queries a socket where nobody listens defers all mail. */
static bool
somebody_answers(const struct wish *w, struct buf *errmsg)
{
	struct ruleset *rules = command_settings(w->config);
	const struct setup_doors doors = { .listen = rules->daemon.listen,
		.reply_map = rules->daemon.reply_map,
		.policy_service = rules->daemon.policy_service };
	bool good = setup_ask(&doors, errmsg);

	ruleset_release(rules);
	return good;
}

/* Plans for what is there without us. */
static int
plan_and_apply(const struct wish *w, const struct setup_mta *mta,
    struct setup_files *f)
{
	struct setup_plan plan = { .nsettings = 0 };
	struct buf errmsg = BUF_INIT;
	int status = 0;

	make_plan(&plan, mta, w->config);
	put_settings(f, &plan);
	print_plan(&plan, mta, w->apply, setup_files_are_set(f));
	if (w->apply && !somebody_answers(w, &errmsg))
		status = wrong(&errmsg);
	else if (w->apply && !setup_files_are_set(f))
		status = put(f);
	setup_plan_clear(&plan);
	buf_free(&errmsg);
	return status;
}

static int
serve_postfix(const struct wish *w, struct setup_mta *mta)
{
	struct setup_files f;
	struct buf errmsg = BUF_INIT;
	char *folder = mem_dup(mta->folder);
	int status = w->adopt ? adopt(w) : 0;

	if (status != 0) {
		free(folder);
		return status;
	}
	if (!setup_files_read(&f, folder, &errmsg))
		status = errmsg.len > 0 ? wrong(&errmsg) : 1;
	else if (w->undo)
		status = undo(&f) | undo_adopted(w);
	else if (setup_files_have_blocks(&f) && !setup_mta_read_texts(mta,
	    &f.v[SETUP_MAIN].bare, &f.v[SETUP_MASTER].bare, &errmsg))
		status = wrong(&errmsg);
	else
		status = plan_and_apply(w, mta, &f);
	setup_files_clear(&f);
	buf_free(&errmsg);
	free(folder);
	return status;
}

static int
verify(const struct wish *w)
{
	struct ruleset *rules = command_rules(w->config);
	bool good = setup_verify(rules, w->smtp);

	ruleset_release(rules);
	return good ? 0 : 1;
}

static int
serve(const struct wish *w)
{
	struct setup_mta mta;
	struct buf errmsg = BUF_INIT;
	int status;

	if (w->verify && !w->apply && !w->undo)
		return verify(w);
	if (setup_mta_read(&mta, w->folder, &errmsg))
		status = serve_postfix(w, &mta);
	else if (w->folder == NULL && setup_sendmail_is_there())
		status = tell_sendmail(w);
	else
		status = wrong(&errmsg);
	setup_mta_clear(&mta);
	buf_free(&errmsg);
	if (status != 0 || !w->verify)
		return status;
	/* The smtpd(8) processes from before the reload end soon. */
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
		else if (strcmp(a->name, "adopt") == 0)
			w.adopt = true;
		else if (strcmp(a->name, "verify") == 0)
			w.verify = true;
		else if (strcmp(a->name, "postfix") == 0)
			w.folder = value;
		else if (strcmp(a->name, "smtp") == 0)
			w.smtp = value;
		else
			w.config = value;
	if ((w.apply || w.adopt) && w.undo)
		arguments_wrong(args, "--apply or --undo, not both");
	return serve(&w);
}

const struct command command_setup = {
	.name = "setup",
	.words = "[--adopt] [--apply | --undo] [--verify]",
	.summary = "Tells the mail server of saywhy, and can undo it",
	.arguments = arguments,
	.run = run
};
