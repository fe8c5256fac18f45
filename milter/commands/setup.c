/* setup - saywhy setup: settings of the mail server, shown or made */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "commands/against.h"
#include "commands/command.h"
#include "commands/daemon.h"
#include "engine/ruleset.h"
#include "setup/adopt_postfix.h"
#include "setup/setup_agree.h"
#include "setup/setup_ask.h"
#include "setup/setup_block.h"
#include "setup/setup_files.h"
#include "setup/setup_mta.h"
#include "setup/setup_plan.h"
#include "setup/setup_sendmail.h"
#include "setup/setup_verify.h"
#include "version.h"

#define LOGS_MAX 64

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	{ .name = "apply", .help = "write it to main.cf, and reload Postfix" },
	{ .name = "undo", .help = "take out of main.cf what was written" },
	{ .name = "adopt",
	    .help = "take over what main.cf refuses, so that saywhy says it" },
	{ .name = "observe-for", .value = "TIME",
	    .help = "with --apply: refuse nothing for so long (2h, 7d), then "
	    "enforce" },
	{ .name = "against", .value = "LOG",
	    .help = "play what this mail log tells to what would be adopted" },
	{ .name = "verify",
	    .help = "have a recipient refused, and show reply and record" },
	{ .name = "postfix", .value = "FOLDER",
	    .help = "where its main.cf lies" },
	{ .name = "sendmail", .value = "FILE",
	    .help = "Sendmail's, and this is its sendmail.mc" },
	{ .name = "force",
	    .help = "apply it though main.cf and saywhy.conf differ" },
	{ .name = "smtp", .value = "SPEC",
	    .help = "ask this server; inet:25@127.0.0.1 if not given" },
	{ .name = NULL }
};

struct wish {
	const char *config;
	const char *folder;	/* of Postfix; NULL: its own */
	const char *mc;		/* of Sendmail; NULL: Postfix is meant */
	const char *smtp;
	const char *const *logs;	/* to play to what is adopted */
	size_t nlogs;
	time_t enforce_after;	/* --observe-for; 0: not said */
	bool apply, undo, verify, adopt, force;
	bool whole;		/* of what is adopted */
};

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

/* Is this line in what is there? */
static bool
is_there(const struct buf *text, const char *before, const char *name,
    const char *value)
{
	struct buf line = BUF_INIT;
	bool found;

	buf_printf(&line, "\n%s%s%s\n", before, name, value);
	found = strstr(text->data, line.data) != NULL;
	buf_free(&line);
	return found;
}

/* What is not set yet, as an admin would set it. */
static void
print_settings(const struct setup_plan *plan, const struct setup_files *f)
{
	const struct buf *main_cf = &f->v[SETUP_MAIN].old;
	const struct buf *master_cf = &f->v[SETUP_MASTER].old;
	struct buf value = BUF_INIT;
	size_t i;

	for (i = 0; i < plan->nsettings; i++) {
		buf_clear(&value);
		buf_printf(&value, " = %s", plan->settings[i].value);
		if (!is_there(main_cf, "", plan->settings[i].name, value.data))
			printf("postconf -e '%s%s'\n", plan->settings[i].name,
			    value.data);
	}
	for (i = 0; i < plan->nways; i++)
		if (!is_there(master_cf, "  -o ", "receive_override_options=",
		    plan->ways[i].value))
			printf("postconf -P '%s/inet/receive_override_options="
			    "%s'\n", plan->ways[i].name, plan->ways[i].value);
	buf_free(&value);
	puts("postfix reload");
}

static void
print_plan(const struct setup_plan *plan, const struct setup_mta *mta,
    const struct setup_files *f, bool apply)
{
	size_t i;

	printf("Postfix %s\n", mta->value[VALUE_VERSION]);
	for (i = 0; i < plan->nnotes; i++)
		print_note(plan->notes[i]);
	if (setup_files_are_set(f) ||
	    plan->nsettings + plan->nways == 0) {
		puts("\nAll is set, there is nothing to do.");
		return;
	}
	puts(apply ? "\nThis is set:\n" :
	    "\nTo be set (saywhy setup --apply does it):\n");
	print_settings(plan, f);
}

static int
put(const struct setup_files *f)
{
	struct buf errmsg = BUF_INIT;
	int status = setup_files_put(f, &errmsg) ? 0 : wrong(&errmsg);

	buf_free(&errmsg);
	return status;
}

/* So that what was written is what is done. */
static void
have_it_read(const struct wish *w)
{
	struct ruleset *rules = command_settings(w->config);
	struct buf errmsg = BUF_INIT;

	if (daemon_reload(rules->daemon.control, &errmsg))
		printf(ADOPTED_CONF " is written beside saywhy.conf, and "
		    "saywhyd has read it; mode = %s%s.\n\n",
		    mode_names[rules->policy.mode], w->enforce_after != 0 ?
		    " for the time that you named, and then enforce" : "");
	else
		printf(ADOPTED_CONF " is written beside saywhy.conf; "
		    "systemctl reload saywhyd takes it into use (%s).\n\n",
		    errmsg.data);
	buf_free(&errmsg);
	ruleset_release(rules);
}

static const char *
mta_name(const struct wish *w)
{
	return w->mc != NULL ? "Sendmail" : "Postfix";
}

/* Proof before trust: nothing is changed where more would be refused. */
static bool
prove(const struct wish *w, const struct adopt *adopted, struct buf *errmsg)
{
	const struct against a = { .config = w->config, .adopted = adopted,
		.logs = w->logs, .nlogs = w->nlogs, .mta = mta_name(w) };
	size_t more = 0;

	if (!against_play(&a, &more, errmsg))
		return false;
	putchar('\n');
	if (more > 0 && w->apply && !w->force)
		buf_printf(errmsg, "%zu deliveries of the log would be "
		    "refused: nothing is written. See that saywhy.conf says "
		    "off of those reasons, or say --force", more);
	return errmsg->len == 0;
}

/* What saywhy takes over, and what it leaves to Postfix. */
static int
adopt(struct wish *w)
{
	struct buf errmsg = BUF_INIT;
	struct adopt a = { .conf = BUF_INIT };
	bool good = w->mc != NULL ?
	    setup_sendmail_adopt(&a, w->mc, w->config, &errmsg) :
	    adopt_postfix(&a, w->folder, w->config, &errmsg);
	size_t i;

	w->whole = good && a.whole;
	if (good) {
		printf("%s", a.conf.data);
		printf("\n%zu restriction%s taken over, %zu stay%s %s's%s\n",
		    a.taken, a.taken == 1 ? " is" : "s are", a.nleft,
		    a.nleft == 1 ? "s" : "", mta_name(w),
		    a.nleft > 0 ? ":" : ".");
		for (i = 0; i < a.nleft; i++)
			print_note(a.left[i]);
		putchar('\n');
	}
	if (good && w->nlogs > 0)
		good = prove(w, &a, &errmsg);
	if (good && w->apply) {
		good = adopt_put(&a, w->config, w->enforce_after, &errmsg);
		if (good)
			have_it_read(w);
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
	struct ruleset *rules;
	int status = adopt_undo(w->config, &errmsg) ? 0 : wrong(&errmsg);

	if (status == 0) {
		rules = command_settings(w->config);
		if (daemon_reload(rules->daemon.control, &errmsg))
			puts("saywhyd has read saywhy.conf again.");
		ruleset_release(rules);
	}
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

static struct setup_doors
doors_of(const struct wish *w, const struct ruleset *rules)
{
	return (struct setup_doors){ .listen = rules->daemon.listen,
		.reply_map = rules->daemon.reply_map,
		.policy_service = rules->daemon.policy_service,
		.adopted = w->adopt || adopt_is_there(w->config),
		.whole = w->whole || adopt_is_whole(w->config) };
}

static void
make_plan(struct setup_plan *plan, const struct setup_mta *mta,
    const struct wish *w)
{
	struct ruleset *rules = command_rules(w->config);
	const struct setup_doors doors = doors_of(w, rules);

	setup_plan_make(plan, mta, &doors);
	ruleset_release(rules);
}

/* A mail server that queries a socket where nobody listens defers all mail. */
static bool
somebody_answers(const struct wish *w, struct buf *errmsg)
{
	struct ruleset *rules = command_settings(w->config);
	const struct setup_doors doors = doors_of(w, rules);
	bool good = setup_ask(&doors, errmsg);

	ruleset_release(rules);
	return good;
}

/* Whoever enforces while they differ bounces good mail. */
static bool
lists_agree(const struct wish *w, struct buf *errmsg)
{
	struct ruleset *rules = command_settings(w->config);
	struct differences d = DIFFERENCES_INIT;
	size_t i;

	differences_find_here(&d, rules, w->config, w->folder);
	if (d.n > 0)
		puts("main.cf and saywhy.conf differ:");
	for (i = 0; i < d.n; i++)
		print_note(d.v[i].text);
	if (w->apply && !w->force && d.harmful > 0 &&
	    (rules->policy.mode == MODE_ENFORCE ||
	    rules->policy.enforce_after != 0))
		buf_printf(errmsg, "mode = enforce, and %zu thing%s above "
		    "would have good mail refused: nothing is set. Make both "
		    "files say the same (saywhy setup --adopt --apply does, "
		    "where saywhy.conf says nothing), or say --force",
		    d.harmful, d.harmful == 1 ? "" : "s");
	differences_clear(&d);
	ruleset_release(rules);
	return errmsg->len == 0;
}

/* Plans for what is there without us. */
static int
plan_and_apply(const struct wish *w, const struct setup_mta *mta,
    struct setup_files *f)
{
	struct setup_plan plan = { .nsettings = 0 };
	struct buf errmsg = BUF_INIT;
	int status = 0;

	make_plan(&plan, mta, w);
	put_settings(f, &plan);
	print_plan(&plan, mta, f, w->apply);
	if (!lists_agree(w, &errmsg) ||
	    (w->apply && !somebody_answers(w, &errmsg)))
		status = wrong(&errmsg);
	else if (w->apply && !setup_files_are_set(f))
		status = put(f);
	setup_plan_clear(&plan);
	buf_free(&errmsg);
	return status;
}

static int
serve_postfix(struct wish *w, struct setup_mta *mta)
{
	struct setup_files f;
	struct buf errmsg = BUF_INIT;
	char *folder = mem_dup(mta->folder);
	int status = 0;

	/* Nothing is written that nobody answers for. */
	if (w->adopt && w->apply && !somebody_answers(w, &errmsg))
		status = wrong(&errmsg);
	else if (w->adopt)
		status = adopt(w);
	if (status != 0) {
		buf_free(&errmsg);
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

static bool
tell_sendmail(const struct wish *w, struct buf *errmsg)
{
	struct ruleset *rules = command_rules(w->config);
	const struct setup_doors doors = doors_of(w, rules);
	bool good = setup_sendmail_tell(w->mc, &doors, w->apply, errmsg);

	ruleset_release(rules);
	return good;
}

static int
serve_sendmail(struct wish *w)
{
	struct buf errmsg = BUF_INIT;
	int status = 0;

	if (w->undo)
		status = (setup_sendmail_undo(w->mc, &errmsg) ? 0 :
		    wrong(&errmsg)) | undo_adopted(w);
	else if (w->apply && !somebody_answers(w, &errmsg))
		status = wrong(&errmsg);
	else if (w->adopt)
		status = adopt(w);
	if (status == 0 && !w->undo && !tell_sendmail(w, &errmsg))
		status = wrong(&errmsg);
	buf_free(&errmsg);
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
serve(struct wish *w)
{
	struct setup_mta mta;
	struct buf errmsg = BUF_INIT;
	int status;

	if (w->verify && !w->apply && !w->undo)
		return verify(w);
	if (w->mc != NULL)
		return serve_sendmail(w);
	if (setup_mta_read(&mta, w->folder, &errmsg))
		status = serve_postfix(w, &mta);
	else if (w->folder == NULL && setup_sendmail_is_there(SENDMAIL_MC)) {
		w->mc = SENDMAIL_MC;
		status = serve_sendmail(w);
	} else
		status = wrong(&errmsg);
	setup_mta_clear(&mta);
	buf_free(&errmsg);
	if (status != 0 || !w->verify)
		return status;
	/* The smtpd(8) processes from before the reload end soon. */
	sleep(1);
	return verify(w);
}

/* "2h", "7d", "90min": from now on. */
static void
observe_for(struct arguments *args, struct wish *w, const char *value)
{
	char *unit;
	long n = strtol(value, &unit, 10);
	long seconds = strcmp(unit, "min") == 0 ? 60 :
	    strcmp(unit, "h") == 0 ? 3600 : strcmp(unit, "d") == 0 ? 86400 : 0;

	if (n < 1 || n > 10000 || seconds == 0)
		arguments_wrong(args, "--observe-for \"%.60s\": say 30min, 2h "
		    "or 7d", value);
	w->enforce_after = time(NULL) + n * seconds;
}

static int
run(struct arguments *args)
{
	struct wish w = { .config = SAYWHY_CONFIG,
		.smtp = "inet:25@127.0.0.1" };
	const char *logs[LOGS_MAX], *value;
	const struct argument *a;
	int i;

	while ((a = arguments_next(args, &value)) != NULL)
		if (strcmp(a->name, "apply") == 0)
			w.apply = true;
		else if (strcmp(a->name, "undo") == 0)
			w.undo = true;
		else if (strcmp(a->name, "adopt") == 0)
			w.adopt = true;
		else if (strcmp(a->name, "against") == 0) {
			logs[0] = value;
			w.nlogs = 1;
		} else if (strcmp(a->name, "observe-for") == 0)
			observe_for(args, &w, value);
		else if (strcmp(a->name, "force") == 0)
			w.force = true;
		else if (strcmp(a->name, "verify") == 0)
			w.verify = true;
		else if (strcmp(a->name, "postfix") == 0)
			w.folder = value;
		else if (strcmp(a->name, "sendmail") == 0)
			w.mc = value;
		else if (strcmp(a->name, "smtp") == 0)
			w.smtp = value;
		else
			w.config = value;
	w.logs = logs;
	for (i = 0; w.nlogs > 0 && i < args->argc; i++)
		logs[w.nlogs++] = args->argv[i];
	if (args->argc > 0 && w.nlogs == 0)
		arguments_wrong(args, "\"%.60s\": it takes no words but the "
		    "logs of --against", args->argv[0]);
	if (w.nlogs > 0 && !w.adopt)
		arguments_wrong(args, "--against belongs to --adopt");
	if (w.enforce_after != 0 && (!w.adopt || !w.apply))
		arguments_wrong(args, "--observe-for belongs to --adopt "
		    "--apply");
	if ((w.apply || w.adopt) && w.undo)
		arguments_wrong(args, "--apply or --undo, not both");
	return serve(&w);
}

const struct command command_setup = {
	.name = "setup",
	.words = "[--adopt [--against LOG...]] [--apply [--observe-for TIME] | "
	    "--undo] [--verify]",
	.max_words = LOGS_MAX - 1,
	.summary = "Tells the mail server of saywhy, and can undo it",
	.arguments = arguments,
	.run = run
};
