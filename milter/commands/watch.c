/* watch - saywhy watch: records what only the mail log shows */

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/process.h"
#include "commands/command.h"
#include "commands/watched.h"
#include "engine/ruleset.h"
#include "maillog/maillog.h"
#include "maillog/tail.h"
#include "maillog/watch_state.h"
#include "version.h"

#define FILES_MAX 32
#define POLL_MS 250		/* between two looks at a file that rests */
#define WAIT_MS 3000		/* for the store to have what saywhyd saw */
#define SAVE_MS 5000

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	{ .name = "journal", .letter = 'j',
	    .help = "read the journal of systemd" },
	{ .name = "once", .letter = '1',
	    .help = "end where the log ends, do not follow it" },
	{ .name = "print", .letter = 'p',
	    .help = "print the records, do not keep them" },
	{ .name = "state", .value = "FILE",
	    .help = "remember there how far the log was read" },
	{ .name = NULL }
};

struct watch {
	const char *config, *state;
	bool journal, once, print;
	struct tail *tails[FILES_MAX];
	size_t n;
	pid_t child;			/* journalctl, or 0 */
	struct maillog *maillog;
	struct watched *watched;
	int64_t saved;
};

static atomic_int stop;

static void
on_signal(int signo)
{
	(void)signo;
	stop = 1;
}

/* journalctl ends when its pipe does. */
static void
run_journalctl(const struct watch *w, int out)
{
	const char *args[8] = { "journalctl", "-q", "--output=short-iso",
		"--facility=mail" };
	size_t n = 4;
	struct buf cursor = BUF_INIT;

	if (!w->once)
		args[n++] = "--follow";
	if (w->state != NULL) {
		buf_printf(&cursor, "--cursor-file=%s", w->state);
		args[n++] = cursor.data;
	} else if (!w->once)
		args[n++] = "--lines=0";
	dup2(out, STDOUT_FILENO);
	execvp(args[0], (char *const *)(uintptr_t)args);
	_exit(EX_UNAVAILABLE);
}

static void
open_journal(struct watch *w)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0 || (w->child = fork()) < 0) {
		log_error("journalctl: %m");
		exit(EX_OSERR);
	}
	if (w->child == 0)
		run_journalctl(w, ends[1]);
	close(ends[1]);
	w->tails[w->n++] = tail_open_fd(ends[0], "journal");
}

static void
open_logs(struct watch *w, const struct arguments *args)
{
	int i;

	if (args->argc == 0 && !w->journal)
		arguments_wrong(args, "name a log, \"-\", or --journal");
	for (i = 0; i < args->argc; i++)
		w->tails[w->n++] = tail_open(args->argv[i]);
	if (w->journal)
		open_journal(w);
	else
		watch_state_load(w->state, w->tails, w->n);
}

static void
on_line(void *arg, const char *line, size_t n)
{
	maillog_line(arg, line, n);
}

/* True: somebody has more. */
static bool
read_logs(struct watch *w)
{
	bool more = false;
	size_t i;

	for (i = 0; i < w->n; i++)
		more |= tail_read(w->tails[i], on_line, w->maillog);
	watched_flush(w->watched, w->once ? 0 : WAIT_MS);
	return more;
}

static bool
all_ended(const struct watch *w)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (!tail_ended(w->tails[i]))
			return false;
	return true;
}

static void
wait_for_more(const struct watch *w)
{
	struct pollfd fds[FILES_MAX];
	size_t i;

	for (i = 0; i < w->n; i++)
		fds[i] = (struct pollfd){ .fd = tail_fd(w->tails[i]),
			.events = POLLIN };
	poll(fds, w->n, POLL_MS);
}

static void
save(struct watch *w)
{
	if (w->journal)
		return;
	w->saved = clock_ms();
	watch_state_save(w->state, w->tails, w->n);
}

static void
follow(struct watch *w)
{
	while (!stop) {
		if (read_logs(w))
			continue;
		if (all_ended(w) || (w->once && tail_fd(w->tails[0]) < 0))
			break;
		if (clock_ms() - w->saved > SAVE_MS)
			save(w);
		wait_for_more(w);
	}
	maillog_end(w->maillog);
	watched_flush(w->watched, 0);
	save(w);
}

static void
read_arguments(struct watch *w, struct arguments *args)
{
	const struct argument *a;
	const char *value;

	while ((a = arguments_next(args, &value)) != NULL)
		if (strcmp(a->name, "config") == 0)
			w->config = value;
		else if (strcmp(a->name, "state") == 0)
			w->state = value;
		else if (strcmp(a->name, "journal") == 0)
			w->journal = true;
		else if (strcmp(a->name, "once") == 0)
			w->once = true;
		else
			w->print = true;
}

static void
finish(struct watch *w)
{
	struct watched_counts c = watched_counts(w->watched);

	log_info("refusals in the log: %llu, recorded before: %llu, now: %llu",
	    (unsigned long long)c.log_event, (unsigned long long)c.joined,
	    (unsigned long long)c.written);
	while (w->n > 0)
		tail_close(w->tails[--w->n]);
	if (w->child > 0) {
		kill(w->child, SIGTERM);
		waitpid(w->child, NULL, 0);
	}
	watched_free(w->watched);
	maillog_free(w->maillog);
}

static int
run(struct arguments *args)
{
	struct watch w = { .config = SAYWHY_CONFIG };
	struct sigaction act = { .sa_handler = on_signal };
	struct ruleset *rules;

	read_arguments(&w, args);
	rules = command_rules(w.config);
	if (!w.print && rules->records.file == NULL)
		arguments_wrong(args, "%s names no record-file; --print "
		    "prints the records", w.config);
	log_open("saywhy-watch", false, LOG_LEVEL_INFO);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	umask(027);
	open_logs(&w, args);
	w.watched = watched_new(rules, w.print);
	w.maillog = maillog_new(watched_event, w.watched);
	process_notify("READY=1");
	follow(&w);
	finish(&w);
	ruleset_release(rules);
	return 0;
}

const struct command command_watch = {
	.name = "watch",
	.words = "[--once] [--print] [--state FILE] FILE...|-|--journal",
	.max_words = FILES_MAX - 1,
	.summary = "Follows the mail log and records what no filter can see",
	.arguments = arguments,
	.run = run
};
