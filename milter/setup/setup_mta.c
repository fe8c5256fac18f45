/* setup_mta - the Postfix of this machine, as saywhy setup sees it */

#include "setup/setup_mta.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/sock.h"
#include "setup/setup_file.h"

#define RUN_MS 60000	/* a table may be asked of another host */

/* An admin's PATH may lack the folders where the MTA's tools are. */
static const char tool_path[] =
    "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin";

static void
become(const char *const *argv, int out)
{
	int nothing = open("/dev/null", O_RDONLY);

	setpgid(0, 0);		/* so that its children end with it */
	dup2(nothing, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	setenv("PATH", tool_path, 1);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

/* False: the end did not come before the deadline. */
static bool
read_to_end(int fd, struct buf *out, int64_t deadline)
{
	char bytes[4096];
	ssize_t n;

	while (sock_wait(fd, POLLIN, deadline)) {
		n = read(fd, bytes, sizeof bytes);
		if (n == 0 || (n < 0 && errno != EINTR))
			return true;
		if (n > 0)
			buf_put(out, bytes, (size_t)n);
	}
	return false;
}

bool
setup_mta_run(const char *const *argv, struct buf *out)
{
	return setup_mta_run_within(argv, RUN_MS, out);
}

bool
setup_mta_run_within(const char *const *argv, int64_t ms, struct buf *out)
{
	int ends[2], status = 0;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	pid = fork();
	if (pid == 0)
		become(argv, ends[1]);
	close(ends[1]);
	if (pid > 0) {
		if (!read_to_end(ends[0], out, clock_ms() + ms)) {
			kill(-pid, SIGKILL);
			buf_printf(out, "%s: it did not end\n", argv[0]);
		}
		waitpid(pid, &status, 0);
	}
	close(ends[0]);
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Some are wanted as written, some as they work out. */
static const struct {
	const char *name;
	bool expanded;
	const char *missing;	/* where this version does not know it */
} values[VALUE_COUNT] = {
	[VALUE_VERSION] = { "mail_version", true, "" },
	[VALUE_FOLDER] = { "config_directory", true, "" },
	[VALUE_QUEUE] = { "queue_directory", true, "" },
	[VALUE_MILTERS] = { "smtpd_milters", false, "" },
	[VALUE_NON_SMTPD] = { "non_smtpd_milters", false, "" },
	[VALUE_FILTER_MAPS] = { "smtpd_reject_filter_maps", false, "" },
	[VALUE_FOOTER_MAPS] = { "smtpd_reject_footer_maps", false, "" },
	[VALUE_CLIENT] = { "smtpd_client_restrictions", false, "" },
	[VALUE_HELO] = { "smtpd_helo_restrictions", false, "" },
	[VALUE_SENDER] = { "smtpd_sender_restrictions", false, "" },
	[VALUE_RELAY] = { "smtpd_relay_restrictions", false, "" },
	[VALUE_RCPT] = { "smtpd_recipient_restrictions", false, "" },
	[VALUE_CLASSES] = { "smtpd_restriction_classes", false, "" },
	[VALUE_CONTENT_FILTER] = { "content_filter", true, "" },
	[VALUE_PROXY_FILTER] = { "smtpd_proxy_filter", true, "" },
	[VALUE_DELAY_REJECT] = { "smtpd_delay_reject", true, "yes" },
	[VALUE_PEERNAME] = { "smtpd_peername_lookup", true, "yes" },
};

/* postconf [-c folder] options [name …]. */
static bool
postconf(const struct setup_mta *mta, const char *options,
    const char *const *names, struct buf *out)
{
	const char *argv[VALUE_COUNT + 5] = { "postconf" };
	size_t n = 1;

	if (mta->folder != NULL) {
		argv[n++] = "-c";
		argv[n++] = mta->folder;
	}
	argv[n++] = options;
	for (; names != NULL && *names != NULL; names++)
		argv[n++] = *names;
	return setup_mta_run(argv, out);
}

/* The value behind "name = " in what postconf wrote, or NULL. */
static char *
find_value(const char *text, const char *name)
{
	size_t n = strlen(name);
	const char *line;

	for (line = text; *line != '\0'; line += *line == '\n') {
		if (strncmp(line, name, n) == 0 &&
		    strncmp(line + n, " =", 2) == 0) {
			line += n + 2 + (line[n + 2] == ' ');
			return mem_ndup(line, strcspn(line, "\n"));
		}
		line += strcspn(line, "\n");
	}
	return NULL;
}

/*
 * Reads all at once, as written ("-p") and expanded ("-x"). A default like
 * ${…?…:…} is expanded; a text of the admin's is not.
 */
static bool
lookup(struct setup_mta *mta)
{
	struct buf written = BUF_INIT, expanded = BUF_INIT;
	const char *names[VALUE_COUNT + 1] = { NULL };
	bool good;
	char *value;
	size_t i;

	for (i = 0; i < VALUE_COUNT; i++)
		names[i] = values[i].name;
	good = postconf(mta, "-p", names, &written) &&
	    postconf(mta, "-x", names, &expanded);
	for (i = 0; i < VALUE_COUNT; i++) {
		value = find_value(written.data, values[i].name);
		if (i == VALUE_NON_SMTPD && value != NULL)
			;	/* does it name the others' setting? */
		else if (values[i].expanded ||
		    (value != NULL && strncmp(value, "${", 2) == 0)) {
			free(value);
			value = find_value(expanded.data, values[i].name);
		}
		mta->value[i] = value != NULL ? value :
		    mem_dup(values[i].missing);
	}
	buf_free(&written);
	buf_free(&expanded);
	return good;
}

/* Of "-o name=value" or "-o { name = value }", which is cut; or NULL. */
static const char *
option_value(char *line, const char *name)
{
	char *at = strstr(line, "-o"), *end = line + strlen(line);
	bool braces;

	if (at == NULL)
		return NULL;
	at += 2;
	at += strspn(at, " \t");
	braces = *at == '{';
	if (braces)
		at += 1 + strspn(at + 1, " \t");
	if (strncmp(at, name, strlen(name)) != 0)
		return NULL;
	at += strlen(name);
	at += strspn(at, " \t");
	if (*at != '=')
		return NULL;
	at += 1 + strspn(at + 1, " \t");
	while (braces && end > at && strchr(" \t}", end[-1]) != NULL)
		*--end = '\0';
	return at;
}

static void
take_list(struct setup_service *s, char *line)
{
	static const char *const names[] = { "smtpd_client_restrictions",
		"smtpd_helo_restrictions", "smtpd_sender_restrictions",
		"smtpd_relay_restrictions" };
	struct buf lists = BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (option_value(line, names[i]) != NULL) {
			buf_printf(&lists, "%s%s%s", s->lists != NULL ?
			    s->lists : "", s->lists != NULL ? ", " : "",
			    names[i]);
			mem_replace(&s->lists, lists.data);
		}
	buf_free(&lists);
}

static void
take_option(struct setup_service *s, char *line)
{
	const char *value;

	take_list(s, line);
	if ((value = option_value(line, "smtpd_milters")) != NULL)
		mem_replace(&s->milters, value);
	if ((value = option_value(line, "smtpd_proxy_filter")) != NULL)
		s->proxied = *value != '\0';
	if ((value = option_value(line, "content_filter")) != NULL)
		s->way_back = *value == '\0';
	value = option_value(line, "receive_override_options");
	if (value != NULL)
		mem_replace(&s->overrides, value);
}

/* Eight fields: service, type, private, unprivileged, chroot … command. */
static struct setup_service *
take_service(struct setup_mta *mta, char *line)
{
	struct setup_service *s;
	char *field[8];
	size_t n = 0;

	while (n < 8 && (field[n] = strsep(&line, " \t")) != NULL)
		if (*field[n] != '\0')
			n++;
	if (n < 8 || (strcmp(field[7], "smtpd") != 0 &&
	    strcmp(field[7], "postscreen") != 0))
		return NULL;
	mta->services = mem_room(mta->services, mta->nservices, &mta->cap,
	    sizeof *mta->services);
	s = &mta->services[mta->nservices++];
	*s = (struct setup_service){ .name = mem_dup(field[0]),
		.chroot = strcmp(field[4], "y") == 0,
		.screen = strcmp(field[7], "postscreen") == 0 };
	return s;
}

void
setup_mta_services(struct setup_mta *mta, const char *text)
{
	char *copy = mem_dup(text), *rest = copy, *line;
	struct setup_service *s = NULL;

	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line == ' ' || *line == '\t') {
			if (s != NULL)
				take_option(s, line);
		} else
			s = take_service(mta, line);
	free(copy);
}

/* What is not the default, or is and was written all the same. */
static void
read_own(struct setup_mta *mta)
{
	struct buf lines = BUF_INIT;

	if (postconf(mta, "-n", NULL, &lines))
		mta->own = buf_steal(&lines);
	buf_free(&lines);
}

static void
read_resolver(struct setup_mta *mta)
{
	FILE *f = fopen("/etc/resolv.conf", "re");
	char line[256], name[128];

	while (f != NULL && mta->resolver == NULL &&
	    fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "nameserver %127s", name) == 1)
			mta->resolver = mem_dup(name);
	if (f != NULL)
		fclose(f);
}

bool
setup_mta_read(struct setup_mta *mta, const char *folder, struct buf *errmsg)
{
	struct buf services = BUF_INIT;

	memset(mta, 0, sizeof *mta);
	mta->folder = mem_dup(folder);
	if (!lookup(mta) || sscanf(mta->value[VALUE_VERSION], "%d.%d",
	    &mta->major, &mta->minor) != 2) {
		buf_printf(errmsg, "%s%spostconf(1) does not answer",
		    folder != NULL ? folder : "", folder != NULL ? ": " : "");
		return false;
	}
	if (mta->folder == NULL)
		mta->folder = mem_dup(mta->value[VALUE_FOLDER]);
	if (postconf(mta, "-Mf", NULL, &services))
		setup_mta_services(mta, services.data);
	read_own(mta);
	read_resolver(mta);
	buf_free(&services);
	return true;
}

void
setup_mta_clear(struct setup_mta *mta)
{
	size_t i;

	for (i = 0; i < VALUE_COUNT; i++)
		free(mta->value[i]);
	for (i = 0; i < mta->nservices; i++) {
		free(mta->services[i].name);
		free(mta->services[i].milters);
		free(mta->services[i].lists);
		free(mta->services[i].overrides);
	}
	free(mta->services);
	free(mta->folder);
	free(mta->resolver);
	free(mta->own);
	memset(mta, 0, sizeof *mta);
}

/* A folder with these two files; the caller removes it. */
static bool
make_folder(const struct buf *main_cf, const struct buf *master_cf,
    char *folder, struct buf *errmsg)
{
	struct buf path = BUF_INIT;
	bool good = mkdtemp(folder) != NULL;

	if (!good)
		buf_printf(errmsg, "%s: cannot be made", folder);
	buf_printf(&path, "%s/main.cf", folder);
	good = good && setup_file_make(path.data, main_cf, errmsg);
	buf_clear(&path);
	buf_printf(&path, "%s/master.cf", folder);
	good = good && setup_file_make(path.data, master_cf, errmsg);
	buf_free(&path);
	return good;
}

static void
remove_folder(const char *folder)
{
	static const char *const names[] = { "main.cf", "master.cf" };
	struct buf path = BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		buf_clear(&path);
		buf_printf(&path, "%s/%s", folder, names[i]);
		unlink(path.data);
	}
	rmdir(folder);
	buf_free(&path);
}

bool
setup_mta_read_texts(struct setup_mta *mta, const struct buf *main_cf,
    const struct buf *master_cf, struct buf *errmsg)
{
	char folder[] = "/tmp/saywhy-setup-XXXXXX";
	char *real = mem_dup(mta->folder);
	bool good = make_folder(main_cf, master_cf, folder, errmsg);

	if (good) {
		setup_mta_clear(mta);
		good = setup_mta_read(mta, folder, errmsg);
		mem_replace(&mta->folder, real);
	}
	remove_folder(folder);
	free(real);
	return good;
}

bool
setup_mta_sets(const struct setup_mta *mta, const char *name)
{
	char *value = mta->own != NULL ? find_value(mta->own, name) : NULL;
	bool is_set = value != NULL;

	free(value);
	return is_set;
}

bool
setup_mta_is_at_least(const struct setup_mta *mta, int major, int minor)
{
	return mta->major > major ||
	    (mta->major == major && mta->minor >= minor);
}
