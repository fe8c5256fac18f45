/* doctor_daemon - saywhy doctor: accounts, the daemon, its sockets */

#include <ctype.h>
#include <dirent.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/process.h"
#include "base/sock.h"
#include "commands/daemon.h"
#include "commands/doctor.h"
#include "engine/ruleset.h"
#include "records/db_name.h"
#include "records/post.h"
#include "records/post_state.h"
#include "version.h"

#define WAIT_MS 1000

static const char start[] = "systemctl start saywhyd; journalctl -u saywhyd "
    "tells why it does not";

void
doctor_accounts(struct symptoms *s, const struct ruleset *r)
{
	const struct daemon_options *o = &r->daemon;
	const struct passwd *pw = getpwnam(o->user);
	struct buf words = BUF_INIT;

	if (pw == NULL) {
		process_no_account(o->user, &words);
		symptom_add(s, HEALTH_WRONG, "account",
		    strstr(words.data, ": ") != NULL ?
		    strrchr(words.data, ':') + 2 : NULL,
		    "there is no account \"%s\" (user)", o->user);
	} else if (pw->pw_uid == 0)
		symptom_add(s, HEALTH_WRONG, "account",
		    "name another account as user",
		    "user = \"%s\" is root, and saywhyd does not stay that",
		    o->user);
	else
		symptom_add(s, HEALTH_GOOD, "account", NULL, "%s is there",
		    o->user);
	if (o->listen_group != NULL && getgrnam(o->listen_group) == NULL)
		symptom_add(s, HEALTH_WRONG, "group",
		    "install the mail server, or name its group as "
		    "listen-group", "there is no group \"%s\" (listen-group)",
		    o->listen_group);
	buf_free(&words);
}

/* Is that process a saywhyd with this configuration? */
static bool
is_one_of(long pid, const char *config)
{
	struct buf path = BUF_INIT;
	char words[4096], *at;
	size_t n = 0;
	FILE *f;
	bool names_it = strcmp(config, SAYWHY_CONFIG) == 0;

	buf_printf(&path, "/proc/%ld/cmdline", pid);
	f = fopen(path.data, "re");
	if (f != NULL) {
		n = fread(words, 1, sizeof words - 1, f);
		fclose(f);
	}
	buf_free(&path);
	words[n] = '\0';
	at = strrchr(words, '/');
	if (strcmp(at != NULL ? at + 1 : words, "saywhyd") != 0)
		return false;
	for (at = words; at < words + n; at += strlen(at) + 1)
		if (strcmp(at, "-c") == 0 && at + 3 < words + n)
			names_it = strcmp(at + 3, config) == 0;
	return names_it;
}

/* Another saywhyd of this configuration than the one that answers, or 0. */
static long
another(long pid, const char *config)
{
	DIR *all = opendir("/proc");
	struct dirent *e;
	long found = 0, other;

	while (all != NULL && found == 0 && (e = readdir(all)) != NULL) {
		other = isdigit((unsigned char)*e->d_name) ?
		    strtol(e->d_name, NULL, 10) : 0;
		if (other != 0 && other != pid && is_one_of(other, config))
			found = other;
	}
	if (all != NULL)
		closedir(all);
	return found;
}

/* When the running one read its file, by the clock; 0: not known. */
static time_t
loaded_at(const char *status)
{
	const char *at = daemon_after(daemon_after(status, "reload"), "time");
	struct tm tm = { .tm_isdst = -1 };

	if (*at != '"' || strptime(at + 1, "%Y-%m-%dT%H:%M:%S", &tm) == NULL)
		return 0;
	return timegm(&tm);
}

static void
check_reload(struct symptoms *s, const char *status, const char *config)
{
	const char *reload = daemon_after(status, "reload");
	const char *mistake = daemon_after(reload, "mistakes");
	time_t loaded = loaded_at(status);
	struct stat st;

	if (strncmp(daemon_after(reload, "good"), "false", 5) == 0)
		symptom_add(s, HEALTH_WRONG, "reload",
		    "saywhy check, then systemctl reload saywhyd",
		    "the last reload failed, and the old configuration is in "
		    "use: %.*s", *mistake == '[' && mistake[1] == '"' ?
		    (int)strcspn(mistake + 2, "\"") : 0, mistake + 2);
	else if (loaded > 0 && stat(config, &st) == 0 && st.st_mtime > loaded)
		symptom_add(s, HEALTH_ODD, "reload",
		    "systemctl reload saywhyd",
		    "%s was changed since saywhyd read it", config);
	else
		symptom_add(s, HEALTH_GOOD, "reload", NULL,
		    "saywhyd has the configuration as it is");
}

static void
check_records(struct symptoms *s, const struct ruleset *r,
    const char *status)
{
	long lost = strtol(daemon_after(daemon_after(status, "records"),
	    "lost"), NULL, 10);
	const char *state = daemon_after(daemon_after(status, "store"),
	    "state");

	if (lost > 0)
		symptom_add(s, HEALTH_WRONG, "records",
		    "see the disk below, and journalctl -u saywhyd",
		    "%ld records could not be written", lost);
	if (strncmp(state, "\"fails\"", 7) == 0)
		symptom_add(s, HEALTH_WRONG, "store", db_is_server(r->records.
		    store) ? "systemctl status saywhy-ship, and look at the "
		    "database; until then records wait in their file" :
		    "see the disk below, and journalctl -u saywhyd",
		    "the store takes no records");
}

static void
check_ships(struct symptoms *s, const struct ruleset *r)
{
	const struct post_options *opt;
	struct buf words = BUF_INIT, mend = BUF_INIT;
	struct post_state state;
	size_t i;

	for (i = 0; i < r->posts.blocks.n; i++) {
		opt = r->posts.blocks.v[i];
		buf_clear(&words);
		buf_clear(&mend);
		post_state_load(&state, opt, r->records.file);
		if (!post_state_complaint(&state, opt, &words))
			continue;
		buf_printf(&mend, "systemctl status saywhy-ship@%s; until it "
		    "works records wait in their file", opt->item.title);
		symptom_add(s, state.work == POST_FAILS ? HEALTH_WRONG :
		    HEALTH_ODD, "ship", mend.data,
		    "ship \"%s\" %s: %s", opt->item.title,
		    post_work_names[state.work], words.data);
	}
	buf_free(&words);
	buf_free(&mend);
}

bool
doctor_daemon(struct symptoms *s, const struct ruleset *r, const char *config)
{
	struct buf status = BUF_INIT, errmsg = BUF_INIT, mend = BUF_INIT;
	bool runs = daemon_ask(r->daemon.control, &status, &errmsg);
	long pid = strtol(daemon_after(status.data, "pid"), NULL, 10);
	long other = another(pid, config);

	if (!runs)
		symptom_add(s, HEALTH_WRONG, "saywhyd", start,
		    "saywhyd does not run: nobody answers at %s (%s)",
		    r->daemon.control, errmsg.data);
	else
		symptom_add(s, HEALTH_GOOD, "saywhyd", NULL,
		    "saywhyd runs, process %ld", pid);
	if (runs && other > 0) {
		buf_printf(&mend, "kill %ld", other);
		symptom_add(s, HEALTH_WRONG, "saywhyd", mend.data,
		    "a second saywhyd runs, process %ld beside %ld; the mail "
		    "server asks one of them alone", other, pid);
	}
	if (runs) {
		check_reload(s, status.data, config);
		check_records(s, r, status.data);
		check_ships(s, r);
	}
	buf_free(&status);
	buf_free(&errmsg);
	buf_free(&mend);
	return runs;
}

static void
check_socket(struct symptoms *s, const char *option, const char *spec)
{
	struct sock_spec address;
	struct buf errmsg = BUF_INIT;
	int fd;

	if (spec == NULL || !sock_spec_parse(spec, &address, &errmsg) ||
	    address.kind == SOCK_KIND_FD) {
		buf_free(&errmsg);
		return;
	}
	fd = sock_connect(&address, clock_ms() + WAIT_MS, &errmsg);
	if (fd < 0)
		symptom_add(s, HEALTH_WRONG, option,
		    "systemctl restart saywhyd (what is set there changes with "
		    "a restart alone)",
		    "nobody answers at %s = \"%s\": %s", option, spec,
		    errmsg.data);
	else {
		close(fd);
		symptom_add(s, HEALTH_GOOD, option, NULL,
		    "somebody answers at %s", spec);
	}
	buf_free(&errmsg);
}

void
doctor_sockets(struct symptoms *s, const struct ruleset *r)
{
	check_socket(s, "listen", r->daemon.listen);
	check_socket(s, "reply-map", r->daemon.reply_map);
	check_socket(s, "policy-service", r->daemon.policy_service);
}
