/* watch - saywhy watch: records what only the mail log shows */

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
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
#include "maillog/journal.h"
#include "maillog/maillog.h"
#include "maillog/tail.h"
#include "maillog/watch_state.h"
#include "version.h"

#define FILES_MAX 32
#define POLL_MS 250		/* between two looks at a file that rests */
#define WAIT_MS 3000		/* for the store to have what saywhyd saw */
#define SAVE_MS 5000
#define LAST_MS 30000		/* for the last entry of the journal */
#define MAIL_ONLY "SYSLOG_FACILITY=2"
#define MACHINE_ID "/etc/machine-id"

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
	bool journal, once, print, failed;
	struct tail *tails[FILES_MAX];
	size_t n;
	pid_t child;			/* journalctl, or 0 */
	struct journal *reader;		/* of what it writes, or NULL */
	struct maillog *maillog;
	struct watched *watched;
	int64_t saved;
};

static void
on_line(void *arg, const char *line, size_t n)
{
	struct watch *w = arg;

	maillog_line(w->maillog, line, n);
}

/* The end of a pipe that it writes to; it ends when its pipe does. */
static int
start_journalctl(const char *const *args, pid_t *child)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0 || (*child = fork()) < 0) {
		log_error("journalctl: %m");
		exit(EX_OSERR);
	}
	if (*child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		execvp(args[0], (char *const *)(uintptr_t)args);
		_exit(EX_UNAVAILABLE);
	}
	close(ends[1]);
	return ends[0];
}

static void
ignore(void *arg, const char *line, size_t n)
{
	(void)arg;
	(void)line;
	(void)n;
}

/* The last one of all, or of those that `only` names; to be freed. */
static struct journal *
last_entry(const char *only)
{
	const char *const args[] = { "journalctl", "-q", "--lines=1",
		"--output=export", only, NULL };
	struct journal *j = journal_new(ignore, NULL);
	pid_t child;
	struct pollfd end = { .fd = start_journalctl(args, &child),
		.events = POLLIN };
	struct tail *t = tail_open_bytes(end.fd, "journal");
	int64_t deadline = clock_ms() + LAST_MS;

	while (!tail_ended(t) && clock_left(deadline) > 0 &&
	    !process_stopped()) {
		poll(&end, 1, clock_left(deadline));
		tail_read(t, journal_put, j);
	}
	if (!tail_ended(t))
		kill(child, SIGKILL);
	tail_close(t);
	waitpid(child, NULL, 0);
	return j;
}

/*
 * In a container, or without the group that may read it, it is empty. Its last
 * entry is where to begin, where nothing is kept of a run before: the last one
 * of the mail system, for behind a cursor of another journalctl passes over the
 * first one that it would show.
 */
static void
check_journal(const char *state)
{
	struct journal *j = last_entry(NULL);
	bool nothing = *journal_cursor(j) == '\0';

	journal_free(j);
	if (nothing)
		log_warn("the journal shows nothing to this account: let it "
		    "be in the group systemd-journal, or name the file that "
		    "syslog writes in the place of --journal");
	if (nothing || state == NULL || access(state, F_OK) == 0)
		return;
	j = last_entry(MAIL_ONLY);
	if (*journal_cursor(j) == '\0')
		journal_begin(j);
	journal_save(j, state);
	journal_free(j);
}

/*
 * What names the entries of this machine and no other's, machine-id(5); false:
 * there is no such file.
 */
static bool
match_this_machine(struct buf *match)
{
	FILE *f = fopen(MACHINE_ID, "re");
	char id[33] = "";

	if (f == NULL || fscanf(f, "%32[0-9a-f]", id) != 1)
		id[0] = '\0';
	if (f != NULL)
		fclose(f);
	buf_printf(match, "_MACHINE_ID=%s", id);
	return id[0] != '\0';
}

/*
 * --follow alone shows this boot only: not what was written between our last
 * stop and a reboot, and in a container, where the kernel tunables are
 * protected and with them the container's own boot id hidden, nothing at all.
 * --merge lifts that, and would show other machines' entries if they are kept
 * here.
 */
static void
open_journal(struct watch *w)
{
	const char *args[10] = { "journalctl", "-q", "--output=export",
		"--merge", MAIL_ONLY };
	struct buf cursor = BUF_INIT, machine = BUF_INIT;
	size_t n = 5;

	check_journal(w->once ? NULL : w->state);
	if (match_this_machine(&machine))
		args[n++] = machine.data;
	w->reader = journal_new(on_line, w);
	journal_load(w->reader, w->state);
	if (!w->once)
		args[n++] = "--follow";
	if (strcmp(journal_cursor(w->reader), JOURNAL_BEGIN) == 0) {
		args[n++] = "--no-tail";
	} else if (*journal_cursor(w->reader) != '\0') {
		buf_printf(&cursor, "--after-cursor=%s",
		    journal_cursor(w->reader));
		args[n++] = "--no-tail";
		args[n++] = cursor.data;
	} else if (!w->once)
		args[n++] = "--lines=0";
	w->tails[w->n++] = tail_open_bytes(start_journalctl(args, &w->child),
	    "journal");
	buf_free(&cursor);
	buf_free(&machine);
}

static void
open_logs(struct watch *w, const struct arguments *args)
{
	int i;

	if (args->argc == 0 && !w->journal)
		arguments_wrong(args, "name a log, \"-\", or --journal");
	for (i = 0; i < args->argc; i++) {
		if (w->once && strcmp(args->argv[i], "-") != 0 &&
		    access(args->argv[i], R_OK) != 0) {
			log_error("%s: %m", args->argv[i]);
			exit(EX_NOINPUT);
		}
		w->tails[w->n++] = tail_open(args->argv[i]);
	}
	if (w->journal)
		open_journal(w);
	else
		watch_state_load(w->state, w->tails, w->n);
}

/* It is the last one that was opened. */
static bool
is_journal(const struct watch *w, size_t i)
{
	return w->journal && i == w->n - 1;
}

/* True: somebody has more. */
static bool
read_logs(struct watch *w)
{
	bool more = false;
	size_t i;

	for (i = 0; i < w->n; i++)
		more |= tail_read(w->tails[i], is_journal(w, i) ?
		    journal_put : on_line, is_journal(w, i) ?
		    (void *)w->reader : w);
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
	w->saved = clock_ms();
	if (w->journal)
		journal_save(w->reader, w->state);
	else
		watch_state_save(w->state, w->tails, w->n);
}

static void
follow(struct watch *w)
{
	while (!process_stopped()) {
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

/* It follows until we stop it; when it ends before, nothing is read. */
static void
end_journal(struct watch *w)
{
	int status = 0;

	if (w->child <= 0)
		return;
	/* It keeps nothing; and before its exec it has our own handler. */
	if (process_stopped())
		kill(w->child, SIGKILL);
	waitpid(w->child, &status, 0);
	if (process_stopped() || (w->once && WIFEXITED(status) &&
	    WEXITSTATUS(status) == 0))
		return;
	log_error("journalctl ended (status %d): the journal cannot be read",
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 +
	    WTERMSIG(status));
	w->failed = true;
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
	journal_free(w->reader);
	watched_free(w->watched);
	maillog_free(w->maillog);
}

static int
run(struct arguments *args)
{
	struct watch w = { .config = SAYWHY_CONFIG };
	struct ruleset *rules;

	read_arguments(&w, args);
	rules = command_rules(w.config);
	if (!w.print && rules->records.file == NULL)
		arguments_wrong(args, "%s names no record-file; --print "
		    "prints the records", w.config);
	log_open("saywhy-watch", false, LOG_LEVEL_INFO);
	process_catch_stop();
	umask(027);
	open_logs(&w, args);
	w.watched = watched_new(rules, w.print);
	w.maillog = maillog_new(watched_event, w.watched);
	process_notify("READY=1");
	follow(&w);
	end_journal(&w);
	finish(&w);
	ruleset_release(rules);
	return w.failed ? EX_UNAVAILABLE : 0;
}

const struct command command_watch = {
	.name = "watch",
	.words = "[--once] [--print] [--state FILE] FILE...|-|--journal",
	.max_words = FILES_MAX - 1,
	.summary = "Follows the mail log and records what no filter can see",
	.arguments = arguments,
	.run = run
};
