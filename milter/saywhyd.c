/* saywhyd - the daemon's life on one page */

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/handover.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/option.h"
#include "base/process.h"
#include "base/rights.h"
#include "counters/alarm.h"
#include "counters/counters.h"
#include "dns/dns.h"
#include "doors/control.h"
#include "doors/folders.h"
#include "doors/milter.h"
#include "doors/milter_socket.h"
#include "doors/other_process.h"
#include "doors/policy_service.h"
#include "doors/replymap.h"
#include "engine/ruleset.h"
#include "engine/ruleset_options.h"
#include "lists/dnslist.h"
#include "lists/list.h"
#include "pages/language.h"
#include "records/privacy.h"
#include "records/recorder.h"
#include "version.h"

/* Files of our own beside one for each session. */
#define FILES_BESIDE 64
#define FILES_OF_A_SESSION 4	/* filter (two, libmilter_socket.h), reply
					   map, policy service */
#define MINUTE_MS 60000
#define HOUR_MS 3600000

#define SUCCESSOR_MS 60000	/* until it must serve */

struct daemon {
	char **argv;
	const char *config;
	bool test;		/* -t: read the configuration and end */
	bool detach;		/* -d */
	const char *pid_file;	/* -p: goes before that of the file */
	struct daemon_options options;	/* as started; copies */
	int mode;		/* as started: enum mode */
	int64_t enforce_again;	/* clock_ms(): not tried before */
	struct recorder *recorder;
	sigset_t signals;
};

static const char usage[] =
    "usage: saywhyd [-dhtV] [-c file] [-p pid-file]\n"
    "  -c file      read this configuration (" SAYWHY_CONFIG ")\n"
    "  -d           go to the background once everything is open\n"
    "  -p pid-file  write the process id there\n"
    "  -t           only test the configuration; status 0: it is good\n"
    "  -V           print the version\n"
    "  -h           print this\n"
    "Signals: HUP reads the configuration again, USR1 opens the record\n"
    "files again, TERM lets live sessions end, USR2 starts the program anew\n"
    "and lets live sessions end beside it. See saywhyd(8).\n";

static void
end(int status, const char *text)
{
	fputs(text, status == 0 ? stdout : stderr);
	exit(status);
}

static void
read_arguments(struct daemon *d, int argc, char **argv)
{
	int c;

	d->argv = argv;
	while ((c = getopt(argc, argv, "c:dhp:tV")) != -1)
		switch (c) {
		case 'c':
			d->config = optarg;
			break;
		case 'd':
			d->detach = true;
			break;
		case 'p':
			d->pid_file = optarg;
			break;
		case 't':
			d->test = true;
			break;
		case 'V':
			end(0, "saywhyd " SAYWHY_VERSION "\n");
			break;
		case 'h':
			end(0, usage);
			break;
		default:
			end(EX_USAGE, usage);
		}
	if (optind < argc)
		end(EX_USAGE, usage);
}

/*
 * All but the milter's door, whose sessions may still end. True when nothing
 * runs behind the others any more.
 */
static bool
close_doors(void)
{
	bool quiet = policy_service_stop();

	replymap_stop();
	control_stop();
	return quiet;
}

/* The start failed: close and remove what is open already. */
static void
fail(int status, struct buf *errmsg)
{
	log_error("%s", errmsg->data);
	buf_free(errmsg);
	milter_socket_remove();
	close_doors();
	exit(status);
}

/*
 * Whom we will become is known before any file is opened that the
 * configuration names: those are read with the account's rights.
 */
static bool
find_account(const char *config, struct diags *diags)
{
	struct diags first_diags = DIAGS_INIT;
	struct ruleset *settings = ruleset_read(config, &first_diags);

	if (settings == NULL)
		*diags = first_diags;
	else
		diags_free(&first_diags);
	if (settings != NULL)
		rights_account(settings->daemon.user);
	ruleset_release(settings);
	return settings != NULL;
}

/* Mistakes are printed on the terminal. */
static struct ruleset *
first_rules(const struct daemon *d)
{
	struct diags diags = DIAGS_INIT;
	struct ruleset *r = geteuid() != 0 || find_account(d->config, &diags) ?
	    ruleset_load(d->config, &diags) : NULL;

	diags_print(&diags, stderr);
	control_loaded(&diags);
	diags_free(&diags);
	if (r == NULL)
		exit(EX_CONFIG);
	return r;
}

/* What only a restart can change stays as it was at the start. */
static void
keep_options(struct daemon *d, const struct daemon_options *from)
{
	d->options.max_sessions = from->max_sessions;
	d->options.stop_timeout = from->stop_timeout;
	option_copy_restart(daemon_options, &d->options, from);
	if (d->pid_file == NULL)
		d->pid_file = d->options.pid_file;
}

static void
raise_files(long long max_sessions)
{
	if (!process_raise_files(FILES_OF_A_SESSION * (size_t)max_sessions +
	    FILES_BESIDE))
		log_warn("max-sessions = %lld: the system lets us open fewer "
		    "files than that; raise its limit, or lower this",
		    max_sessions);
}

/* All that needs rights: sockets with their group, more files, a pid file. */
static void
open_doors(struct daemon *d)
{
	const struct daemon_options *o = &d->options;
	struct buf errmsg = BUF_INIT;
	gid_t gid = geteuid() == 0 ?
	    process_group(o->listen_group, &errmsg) : (gid_t)-1;
	gid_t own = geteuid() == 0 ? process_group_of(o->user) : (gid_t)-1;

	if (geteuid() == 0 && own == (gid_t)-1)
		process_no_account(o->user, &errmsg);
	if (errmsg.len > 0)
		fail(EX_CONFIG, &errmsg);
	raise_files(o->max_sessions);
	/* Last the milter's: whom it answers finds all others open. */
	if (!replymap_open(o->reply_map, (mode_t)o->listen_mode, gid,
	    &errmsg) ||
	    !policy_service_open(o->policy_service, (mode_t)o->listen_mode,
	    gid, &errmsg) ||
	    !control_open(o->control, own, d->config, &errmsg) ||
	    !milter_open(o->listen, (mode_t)o->listen_mode, gid, &errmsg))
		fail(EX_UNAVAILABLE, &errmsg);
	if (d->pid_file != NULL && !process_pid_write(d->pid_file, &errmsg))
		fail(EX_CANTCREAT, &errmsg);
}

static void
warn_unchanged(const struct daemon_options *was,
    const struct daemon_options *now)
{
	const struct option *row;

	for (row = daemon_options; row->name != NULL; row++)
		if (row->restart && !option_same(row, was, now))
			log_warn("%s: restart required", row->name);
}

static bool
start_counting(const struct ruleset *r, struct buf *errmsg)
{
	const char *server = r->counters.alarm;
	struct sock_spec spec;
	bool some = server != NULL && *server != '\0' &&
	    sock_spec_parse(server, &spec, errmsg);

	alarm_use(some ? &spec : NULL, r->site.name, r->site.contact);
	return !r->counts || counters_start(&r->counters, errmsg);
}

/* Sessions keep the ruleset they began with; a bad file changes nothing. */
static void
reload(struct daemon *d)
{
	struct diags diags = DIAGS_INIT;
	struct buf errmsg = BUF_INIT;
	struct ruleset *r = ruleset_load(d->config, &diags);

	diags_log(&diags);
	control_loaded(&diags);
	diags_free(&diags);
	if (r == NULL) {
		log_error("%s: not loaded; the old one stays", d->config);
		return;
	}
	warn_unchanged(&d->options, &r->daemon);
	raise_files(r->daemon.max_sessions);
	d->options.stop_timeout = r->daemon.stop_timeout;
	privacy_key(r->records.privacy_key);
	recorder_apply(d->recorder, &r->records);
	dns_apply(&r->dns);
	if (!start_counting(r, &errmsg))
		log_error("%s; nothing is counted", errmsg.data);
	buf_free(&errmsg);
	ruleset_publish(r);
	log_info("%s: loaded, mode %s, policy %s", d->config,
	    mode_names[r->policy.mode], r->fingerprint);
}

/* enforce-after has come: what is loaded now says enforce. */
static void
enforce_in_time(struct daemon *d)
{
	struct ruleset *r = ruleset_current();
	bool due = r->policy.enforce_after != 0 &&
	    r->policy.mode == MODE_OBSERVE &&
	    clock_now().tv_sec >= r->policy.enforce_after;

	ruleset_release(r);
	if (!due || clock_ms() < d->enforce_again)
		return;
	d->enforce_again = clock_ms() + MINUTE_MS;
	log_info("enforce-after has come");
	reload(d);
}

static void
every_minute(struct daemon *d, int64_t *next)
{
	if (clock_ms() < *next)
		return;
	*next = clock_ms() + MINUTE_MS;
	recorder_expire(d->recorder);
	control_tick();
}

/* What another process of ours passes on goes to these doors. */
static other_adopts *const adopts[OTHER_DOORS] = {
	[OTHER_REPLYMAP] = replymap_adopt,
	[OTHER_POLICY] = policy_service_adopt,
};

/* True: a successor serves, and here sessions only end. */
static bool
hand_over(const struct daemon *d)
{
	struct buf errmsg = BUF_INIT;
	char state[32];
	pid_t next = handover_start(d->argv, SUCCESSOR_MS, &errmsg);

	if (next < 0)
		log_error("no successor, this process goes on: %s",
		    errmsg.data);
	buf_free(&errmsg);
	if (next < 0)
		return false;
	snprintf(state, sizeof state, "MAINPID=%ld", (long)next);
	process_notify(state);
	process_pid_leave();
	other_process_start(adopts);
	log_info("process %ld takes over; live sessions end here", (long)next);
	return true;
}

/* Waits for a signal to stop; returns it. */
static int
wait_for_stop(struct daemon *d)
{
	const struct timespec timeout = { .tv_sec = 10 };
	int64_t next = clock_ms() + MINUTE_MS;
	int signo;

	for (;;) {
		signo = sigtimedwait(&d->signals, NULL, &timeout);
		if (signo == SIGTERM || signo == SIGINT ||
		    (signo == SIGUSR2 && hand_over(d)))
			return signo;
		if (signo == SIGHUP) {
			process_notify_reload();
			reload(d);
			process_notify("READY=1");
		} else if (signo == SIGUSR1) {
			recorder_reopen(d->recorder);
		}
		enforce_in_time(d);
		every_minute(d, &next);
	}
}

static void
block_signals(struct daemon *d)
{
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&d->signals);
	sigaddset(&d->signals, SIGHUP);
	sigaddset(&d->signals, SIGINT);
	sigaddset(&d->signals, SIGTERM);
	sigaddset(&d->signals, SIGUSR1);
	sigaddset(&d->signals, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &d->signals, NULL);
}

/* A session that still runs may need what is freed here; so it is not. */
static void
free_all(struct daemon *d)
{
	recorder_free(d->recorder);
	dns_stop();
	counters_stop();
	ruleset_publish(NULL);
	option_clear(daemon_options, &d->options);
}

/* Nobody waits for them to end; but who stops the service ends this, too. */
static void
let_sessions_end(const struct daemon *d)
{
	const struct timespec timeout = { .tv_nsec = 100000000 };
	int64_t until = clock_ms() + HOUR_MS;
	int signo = 0;

	control_stop();
	replymap_retire();
	policy_service_retire();
	while (milter_retire() > 0 && clock_left(until) > 0 &&
	    signo != SIGTERM && signo != SIGINT)
		signo = sigtimedwait(&d->signals, NULL, &timeout);
}

static int
stop(struct daemon *d, int signo)
{
	struct milter_end end;
	int status;

	if (signo == SIGUSR2) {
		let_sessions_end(d);
	} else {
		process_notify("STOPPING=1");
		log_info("caught %s, shutting down",
		    signo == SIGTERM ? "SIGTERM" : "SIGINT");
	}
	end = milter_stop(clock_ms() + d->options.stop_timeout);
	status = end.good ? EX_OK : EX_UNAVAILABLE;
	if (end.cut > 0)
		log_warn("sessions that did not end in time: %u; the mail "
		    "server defers them", end.cut);
	list_watch_stop();
	dnslist_watch_stop();
	other_process_stop();
	end.quiet &= close_doors();
	if (signo != SIGUSR2)
		process_pid_remove(d->pid_file);
	if (!end.quiet)
		_exit(status);
	free_all(d);
	return status;
}

/* It was read as root, and will be read again as somebody else. */
static void
warn_unreadable(const struct daemon *d)
{
	if (access(d->config, R_OK) != 0)
		log_warn("%s: %s may not read it, so that a reload will fail; "
		    "let its group read it", d->config, d->options.user);
}

static void
start(struct daemon *d)
{
	struct ruleset *r = first_rules(d);
	struct buf errmsg = BUF_INIT;

	if (d->test)
		exit(EX_OK);
	keep_options(d, &r->daemon);
	if (d->detach && !handover_is_successor() && !process_detach(&errmsg))
		fail(EX_OSERR, &errmsg);
	folders_make(r);
	open_doors(d);
	if (!process_become(d->options.user, &errmsg))
		fail(EX_CONFIG, &errmsg);
	warn_unreadable(d);
	log_open("saywhyd", d->detach, (enum log_level)r->daemon.log_level);
	if (!dns_start(&r->dns, &errmsg))
		fail(EX_OSERR, &errmsg);
	if (!start_counting(r, &errmsg))
		fail(EX_CONFIG, &errmsg);
	privacy_key(r->records.privacy_key);
	d->recorder = recorder_new(&r->records);
	d->mode = r->policy.mode;
	ruleset_publish(r);
	buf_free(&errmsg);
}

int
main(int argc, char **argv)
{
	struct daemon d = { .config = SAYWHY_CONFIG };

	mem_return_large();
	log_open("saywhyd", false, LOG_LEVEL_INFO);
	language_check_catalogue();
	read_arguments(&d, argc, argv);
	umask(027);
	handover_receive();
	block_signals(&d);
	start(&d);
	if (!list_watch() || !dnslist_watch() ||
	    !milter_start(d.recorder) || !replymap_start(d.recorder) ||
	    !policy_service_start(d.recorder) || !control_start(d.recorder))
		return EX_OSERR;
	handover_done();
	other_process_start(adopts);
	process_ready();
	process_notify("READY=1");
	log_info("saywhyd " SAYWHY_VERSION " serves %s, mode %s",
	    d.options.listen, mode_names[d.mode]);
	return stop(&d, wait_for_stop(&d));
}
