/* check_here - what a configuration names that this machine has not */

#include "commands/check_here.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/process.h"
#include "base/sock.h"
#include "engine/ruleset.h"
#include "records/db_name.h"
#include "records/record_file.h"
#include "setup/setup_agree.h"

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Cuts the last part off; false: there is none before it. */
static bool
cut_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash == NULL || slash == path)
		return false;
	*slash = '\0';
	return true;
}

/* The last folder of a path is made by saywhyd, when root starts it. */
static void
check_folder(const char *option, const char *path, struct diags *d)
{
	char *folder = path != NULL && *path == '/' ? mem_dup(path) : NULL;

	if (path != NULL && *path != '/')
		diags_warn(d, NULL, 0, "%s: \"%.200s\": where that is hangs "
		    "on the folder that a program is started in; begin with /",
		    option, path);
	if (folder != NULL && cut_last(folder) && !is_folder(folder) &&
	    cut_last(folder) && !is_folder(folder))
		diags_warn(d, NULL, 0, "%s: \"%.200s\": there is no folder %s "
		    "here", option, path, folder);
	free(folder);
}

static void
check_socket(const char *option, const char *text, struct diags *d)
{
	struct buf errmsg = BUF_INIT;
	struct sock_spec spec;

	if (text != NULL && sock_spec_parse(text, &spec, &errmsg) &&
	    spec.kind == SOCK_KIND_UNIX)
		check_folder(option, spec.path, d);
	buf_free(&errmsg);
}

static void
check_accounts(const struct ruleset *r, struct diags *d)
{
	const struct daemon_options *o = &r->daemon;
	const struct passwd *pw = getpwnam(o->user);
	struct buf errmsg = BUF_INIT;

	if (pw == NULL) {
		process_no_account(o->user, &errmsg);
		diags_warn(d, NULL, 0, "%s", errmsg.data);
	} else if (pw->pw_uid == 0)
		diags_warn(d, NULL, 0, "user = \"%s\": that is root, as whom "
		    "saywhyd does not work; started as root it ends at once",
		    o->user);
	if (o->listen_group != NULL && getgrnam(o->listen_group) == NULL)
		diags_warn(d, NULL, 0, "listen-group = \"%.60s\": there is no "
		    "such group here", o->listen_group);
	buf_free(&errmsg);
}

void
check_here(const struct ruleset *r, struct diags *d)
{
	const struct daemon_options *o = &r->daemon;

	check_accounts(r, d);
	check_socket("listen", o->listen, d);
	check_socket("reply-map", o->reply_map, d);
	check_socket("policy-service", o->policy_service, d);
	check_socket("control", o->control, d);
	check_folder("pid-file", o->pid_file, d);
	check_folder("record-file", record_file_path(r->records.file, NULL), d);
	if (!db_is_server(r->records.store))
		check_folder("store", r->records.store, d);
}

void
check_mta(const struct ruleset *r, const char *config, const char *folder,
    struct diags *d)
{
	struct differences found = DIFFERENCES_INIT;
	size_t i;

	differences_find_here(&found, r, config, folder);
	for (i = 0; i < found.n; i++)
		diags_warn(d, NULL, 0, "%s", found.v[i].text);
	differences_clear(&found);
}
