/* doctor_system - saywhy doctor: mail server, disk, resolver, clock, page */

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/sock.h"
#include "commands/doctor.h"
#include "engine/ruleset.h"
#include "lists/list_source.h"
#include "records/db_name.h"
#include "records/record_file.h"
#include "setup/adopt_postfix.h"
#include "setup/setup_agree.h"
#include "setup/setup_mta.h"
#include "setup/setup_plan.h"

#define WAIT_MS 1000
#define RESOLVER_MS 2000
#define ROOM_MIN ((unsigned long long)1024 * 1024)	/* bytes */
#define YEAR_2026 1767225600	/* no clock is right that is before it */

static void
check_plan(struct symptoms *s, const struct setup_mta *mta,
    const struct setup_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->nnotes; i++)
		if (strstr(plan->notes[i], "cannot get there") != NULL)
			symptom_add(s, HEALTH_WRONG, "chroot",
			    "edit that line, systemctl restart saywhyd, "
			    "saywhy setup --apply", "%s", plan->notes[i]);
	if (plan->nsettings + plan->nways > 0)
		symptom_add(s, HEALTH_ODD, "mail server", "saywhy setup "
		    "--apply", "Postfix %s does not know all sockets, as it "
		    "is %s", mta->value[VALUE_VERSION],
		    plan->nsettings > 0 ? plan->settings[0].name :
		    "receive_override_options");
	else
		symptom_add(s, HEALTH_GOOD, "mail server", NULL,
		    "Postfix %s asks saywhy", mta->value[VALUE_VERSION]);
}

void
doctor_lists(struct symptoms *s, const struct ruleset *r,
    const char *config, const char *folder)
{
	struct differences d = DIFFERENCES_INIT;
	bool enforces = r->policy.mode == MODE_ENFORCE;
	size_t i;

	differences_find_here(&d, r, config, folder);
	for (i = 0; i < d.n; i++)
		symptom_add(s, d.v[i].harms && enforces ? HEALTH_WRONG :
		    HEALTH_ODD, "lists", "edit one of both, or saywhy setup "
		    "--adopt --apply; then systemctl reload saywhyd", "%s",
		    d.v[i].text);
	if (d.n == 0)
		symptom_add(s, HEALTH_GOOD, "lists", NULL, "domains and "
		    "networks are those of Postfix");
	differences_clear(&d);
}

static void
check_source(struct symptoms *s, const struct list_source *src)
{
	struct list_source_state state;
	struct buf words = BUF_INIT;

	list_source_state_load(&state, src);
	if (list_source_complaint(src, &state, clock_epoch_ms() / 1000, &words))
		symptom_add(s, HEALTH_ODD, "list-source", "systemctl enable "
		    "--now saywhy-list.timer; saywhy list fetch tells more",
		    "the list of %s %s", src->item.title, words.data);
	else
		symptom_add(s, HEALTH_GOOD, "list-source", NULL,
		    "the list of %s is the newest", src->item.title);
	list_source_state_free(&state);
	buf_free(&words);
}

void
doctor_sources(struct symptoms *s, const struct ruleset *r)
{
	size_t i;

	for (i = 0; i < r->lists.blocks.n; i++)
		check_source(s, r->lists.blocks.v[i]);
}

void
doctor_mta(struct symptoms *s, const struct ruleset *r, const char *config,
    const struct setup_mta *mta)
{
	const struct setup_doors doors = { .listen = r->daemon.listen,
		.reply_map = r->daemon.reply_map,
		.policy_service = r->daemon.policy_service,
		.adopted = adopt_is_there(config),
		.whole = adopt_is_whole(config) };
	struct setup_plan plan = { .nsettings = 0 };

	if (mta == NULL) {
		symptom_add(s, HEALTH_ODD, "mail server", "saywhy setup tells "
		    "what Sendmail needs", "there is no Postfix here");
		return;
	}
	setup_plan_make(&plan, mta, &doors);
	check_plan(s, mta, &plan);
	setup_plan_clear(&plan);
}

/* The folder of a path; for the caller to free. */
static char *
folder_of(const char *path)
{
	char *folder = mem_dup(path), *slash = strrchr(folder, '/');

	if (slash != NULL)
		slash[slash == folder] = '\0';
	return folder;
}

static void
check_file(struct symptoms *s, const char *option, const char *path)
{
	char *folder;
	struct statvfs vfs;
	unsigned long long left;

	if (path == NULL)
		return;
	folder = folder_of(path);
	if (statvfs(folder, &vfs) != 0)
		symptom_add(s, HEALTH_WRONG, option, "make that folder, and "
		    "give it to the account of saywhyd", "%s = \"%s\": %s",
		    option, path, strerror(errno));
	else if ((left = (unsigned long long)vfs.f_bavail * vfs.f_frsize) <
	    ROOM_MIN)
		symptom_add(s, HEALTH_WRONG, "disk", "make room there, or "
		    "lower retention and store-size", "the disk is full: "
		    "%llu kB are left in %s (%s)", left / 1024, folder,
		    option);
	else if (vfs.f_favail == 0 && vfs.f_files > 0)
		symptom_add(s, HEALTH_WRONG, "disk", "remove files there",
		    "the disk takes no more files in %s (%s)", folder, option);
	else
		symptom_add(s, HEALTH_GOOD, option, NULL, "%s, %llu MB left",
		    path, left >> 20);
	free(folder);
}

void
doctor_disk(struct symptoms *s, const struct ruleset *r)
{
	check_file(s, "record-file", record_file_path(r->records.file, NULL));
	if (!db_is_server(r->records.store))
		check_file(s, "store", r->records.store);
}

/* Any answer will do: the name servers of the root, asked by UDP. */
static bool
resolver_answers(const char *host, const char *port)
{
	static const char question[] =
	    "\x53\x57\x01\0\0\1\0\0\0\0\0\0\0\0\2\0\1";
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	struct addrinfo *to = NULL;
	struct pollfd p = { .fd = -1, .events = POLLIN };
	char answer[512];
	bool good = false;

	if (getaddrinfo(host, port, &hints, &to) != 0)
		return false;
	p.fd = socket(to->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (p.fd >= 0 && connect(p.fd, to->ai_addr, to->ai_addrlen) == 0 &&
	    send(p.fd, question, sizeof question - 1, 0) > 0 &&
	    poll(&p, 1, RESOLVER_MS) == 1)
		good = recv(p.fd, answer, sizeof answer, 0) >= 12;
	if (p.fd >= 0)
		close(p.fd);
	freeaddrinfo(to);
	return good;
}

/* "192.0.2.1", "192.0.2.1:5353", "[2001:db8::1]:5353"; cut in place. */
static bool
server_answers(char *server)
{
	char *end = *server == '[' ? strchr(server, ']') : NULL, *port;

	if (end != NULL) {
		*end++ = '\0';
		return resolver_answers(server + 1, *end == ':' ? end + 1 :
		    "53");
	}
	port = strchr(server, ':');
	if (port == NULL || strchr(port + 1, ':') != NULL)
		return resolver_answers(server, "53");
	*port = '\0';
	return resolver_answers(server, port + 1);
}

/* Those of resolv.conf, with commas between; for the caller to free. */
static char *
system_servers(void)
{
	FILE *f = fopen("/etc/resolv.conf", "re");
	struct buf out = BUF_INIT;
	char line[256], name[128];

	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "nameserver %127s", name) == 1)
			buf_printf(&out, "%s%s", out.len > 0 ? "," : "", name);
	if (f != NULL)
		fclose(f);
	return buf_steal(&out);
}

static void
check_resolver(struct symptoms *s, const struct ruleset *r)
{
	char *servers = r->dns.servers != NULL ? mem_dup(r->dns.servers) :
	    system_servers();
	char *named = mem_dup(servers), *rest = servers, *one;
	bool good = false;

	while (!good && (one = strsep(&rest, ",")) != NULL)
		good = *one != '\0' && server_answers(one);
	if (good)
		symptom_add(s, HEALTH_GOOD, "resolver", NULL, "%s answers",
		    named);
	else
		symptom_add(s, HEALTH_WRONG, "resolver", "apt-get install "
		    "unbound, or name one that answers as dns { servers }",
		    "no resolver answers (%s): SPF, DKIM, DMARC and block "
		    "lists know nothing", *named != '\0' ? named :
		    "none is named");
	free(servers);
	free(named);
}

static void
check_clock(struct symptoms *s)
{
	struct timex t = { .modes = 0 };

	if (time(NULL) < YEAR_2026)
		symptom_add(s, HEALTH_WRONG, "clock",
		    "timedatectl set-ntp true",
		    "the clock is years behind: signatures are not yet valid");
	else if (adjtimex(&t) == TIME_ERROR)
		symptom_add(s, HEALTH_ODD, "clock", "timedatectl set-ntp true",
		    "nothing keeps the clock in time");
	else
		symptom_add(s, HEALTH_GOOD, "clock", NULL, "kept in time");
}

void
doctor_network(struct symptoms *s, const struct ruleset *r)
{
	check_resolver(s, r);
	check_clock(s);
}

void
doctor_page(struct symptoms *s, const struct ruleset *r)
{
	const char *page = r->site.page;
	struct sock_spec address;
	struct buf errmsg = BUF_INIT;
	int fd = -1;

	if (page == NULL)
		symptom_add(s, HEALTH_GOOD, "page", NULL, "none is set: the "
		    "last line of a refusal names %s and the id",
		    r->site.contact);
	else if (!sock_spec_parse(r->page.listen, &address, &errmsg) ||
	    (fd = sock_connect(&address, clock_ms() + WAIT_MS, &errmsg)) < 0)
		symptom_add(s, HEALTH_ODD, "page",
		    "systemctl enable --now saywhy-serve",
		    "refusals name %s, and nobody serves it at %s (%s)", page,
		    r->page.listen, errmsg.data);
	else
		symptom_add(s, HEALTH_GOOD, "page", NULL,
		    "%s, served at %s", page, r->page.listen);
	if (fd >= 0)
		close(fd);
	buf_free(&errmsg);
}
