/* setup_mta - the Postfix of this machine, as saywhy setup looks at it */

#include "commands/setup_mta.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "commands/setup_file.h"
#include "commands/setup_run.h"

/* Some are wanted as written, some as they work out. */
static const struct {
	const char *name;
	bool expanded;
	const char *missing;	/* where this version does not know it */
} values[VALUE_COUNT] = {
	[VALUE_VERSION] = { "mail_version", true, NULL },
	[VALUE_QUEUE] = { "queue_directory", true, NULL },
	[VALUE_MILTERS] = { "smtpd_milters", false, "" },
	[VALUE_NON_SMTPD] = { "non_smtpd_milters", true, "" },
	[VALUE_FILTER_MAPS] = { "smtpd_reject_filter_maps", false, "" },
	[VALUE_FOOTER_MAPS] = { "smtpd_reject_footer_maps", false, "" },
	[VALUE_RELAY] = { "smtpd_relay_restrictions", false, "" },
	[VALUE_RCPT] = { "smtpd_recipient_restrictions", false, "" },
	[VALUE_CONTENT_FILTER] = { "content_filter", true, "" },
	[VALUE_PROXY_FILTER] = { "smtpd_proxy_filter", true, "" },
	[VALUE_DELAY_REJECT] = { "smtpd_delay_reject", true, "yes" },
	[VALUE_PEERNAME] = { "smtpd_peername_lookup", true, "yes" },
};

/* postconf [-c folder] options name; without the newline. */
static bool
postconf(const struct setup_mta *mta, const char *options, const char *name,
    struct buf *out)
{
	const char *argv[6] = { "postconf" };
	size_t n = 1;
	bool good;

	if (mta->folder != NULL) {
		argv[n++] = "-c";
		argv[n++] = mta->folder;
	}
	argv[n++] = options;
	argv[n] = name;
	good = setup_run(argv, out);
	while (out->len > 0 && out->data[out->len - 1] == '\n')
		buf_cut(out, out->len - 1);
	return good;
}

/* A default like ${…?…:…} is worked out; a text of the admin's is not. */
static char *
look_up(const struct setup_mta *mta, enum setup_value i)
{
	struct buf out = BUF_INIT;
	bool known = postconf(mta, values[i].expanded ? "-xh" : "-h",
	    values[i].name, &out);

	if (known && !values[i].expanded && strncmp(out.data, "${", 2) == 0) {
		buf_clear(&out);
		known = postconf(mta, "-xh", values[i].name, &out);
	}
	if (!known || strstr(out.data, "unknown parameter") != NULL) {
		buf_clear(&out);
		buf_puts(&out, values[i].missing);
	}
	return buf_steal(&out);
}

static const char *
option_value(const char *line, const char *name)
{
	const char *at = strstr(line, name);

	if (at == NULL || at == line || at[strlen(name)] != '=')
		return NULL;
	return at + strlen(name) + 1;
}

static void
take_option(struct setup_service *s, const char *line)
{
	const char *value;

	if ((value = option_value(line, "smtpd_milters")) != NULL)
		mem_replace(&s->milters, value);
	if ((value = option_value(line, "smtpd_relay_restrictions")) != NULL)
		mem_replace(&s->relay, value);
	if ((value = option_value(line, "smtpd_proxy_filter")) != NULL)
		s->proxied = *value != '\0';
	if ((value = option_value(line, "content_filter")) != NULL)
		s->way_back = *value == '\0';
	value = option_value(line, "receive_override_options");
	if (value != NULL)
		s->no_milters = strstr(value, "no_milters") != NULL;
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

static void
look_at_resolver(struct setup_mta *mta)
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
setup_mta_look(struct setup_mta *mta, const char *folder, struct buf *why)
{
	struct buf out = BUF_INIT;
	size_t i;

	memset(mta, 0, sizeof *mta);
	mta->folder = mem_dup(folder);
	if (!postconf(mta, "-dh", "mail_version", &out)) {
		buf_printf(why, "postconf does not answer%s%s",
		    out.len > 0 ? ": " : "", out.data);
		buf_free(&out);
		return false;
	}
	if (sscanf(out.data, "%d.%d", &mta->major, &mta->minor) != 2)
		mta->major = mta->minor = 0;
	for (i = 0; i < VALUE_COUNT; i++)
		mta->value[i] = i == VALUE_VERSION ? mem_dup(out.data) :
		    look_up(mta, (enum setup_value)i);
	buf_clear(&out);
	if (folder == NULL && postconf(mta, "-h", "config_directory", &out))
		mta->folder = mem_dup(out.data);
	buf_clear(&out);
	if (postconf(mta, "-Mf", NULL, &out))
		setup_mta_services(mta, out.data);
	look_at_resolver(mta);
	buf_free(&out);
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
		free(mta->services[i].relay);
	}
	free(mta->services);
	free(mta->folder);
	free(mta->resolver);
	memset(mta, 0, sizeof *mta);
}

/* A folder with this main.cf and the real master.cf; the caller removes it. */
static bool
make_folder(const struct setup_mta *mta, const struct buf *main_cf,
    char *folder, struct buf *why)
{
	struct buf to = BUF_INIT, master = BUF_INIT, from = BUF_INIT;
	bool good;

	buf_printf(&from, "%s/master.cf", mta->folder);
	good = setup_file_read(from.data, &master, why);
	if (good && mkdtemp(folder) == NULL) {
		buf_printf(why, "%s: cannot be made", folder);
		good = false;
	}
	if (good) {
		buf_printf(&to, "%s/main.cf", folder);
		good = setup_file_make(to.data, main_cf, why);
		buf_clear(&to);
		buf_printf(&to, "%s/master.cf", folder);
		good = good && setup_file_make(to.data, &master, why);
	}
	buf_free(&to);
	buf_free(&from);
	buf_free(&master);
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
setup_mta_look_at(struct setup_mta *mta, const struct buf *main_cf,
    struct buf *why)
{
	char folder[] = "/tmp/saywhy-setup-XXXXXX";
	char *real = mem_dup(mta->folder);
	bool good = make_folder(mta, main_cf, folder, why);

	if (good) {
		setup_mta_clear(mta);
		good = setup_mta_look(mta, folder, why);
		mem_replace(&mta->folder, real);
	}
	remove_folder(folder);
	free(real);
	return good;
}

bool
setup_mta_is_at_least(const struct setup_mta *mta, int major, int minor)
{
	return mta->major > major ||
	    (mta->major == major && mta->minor >= minor);
}
