/* folders - the folders a start as root makes */

#include "doors/folders.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/rights.h"
#include "base/sock.h"
#include "engine/ruleset.h"
#include "records/db_name.h"
#include "records/record_file.h"

#define FOR_ALL 0755
#define FOR_THE_GROUP 0750

/*
 * In a folder of others it is made with the account's rights, and is its own;
 * only below folders that are root's alone does it get another owner.
 */
static void
make(const char *folder, mode_t mode, uid_t uid, gid_t gid)
{
	int fd = -1;

	rights_to_make(folder, mode, (gid_t)-1);
	if (mkdir(folder, mode) == 0)
		fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		    O_CLOEXEC);
	if (fd >= 0) {
		(void)!fchown(fd, uid, gid);
		close(fd);
	}
	rights_done();
}

/* A folder directly below / is taken for a mistake, and not made. */
static void
make_for(const char *path, mode_t mode, uid_t uid, gid_t gid)
{
	char *folder = mem_dup(path), *slash;

	slash = folder != NULL ? strrchr(folder, '/') : NULL;
	if (slash != NULL) {
		*slash = '\0';
		if (strrchr(folder, '/') != folder)
			make(folder, mode, uid, gid);
	}
	free(folder);
}

static void
make_for_socket(const char *text)
{
	struct sock_spec spec;
	struct buf errmsg = BUF_INIT;

	if (text != NULL && sock_spec_parse(text, &spec, &errmsg) &&
	    spec.kind == SOCK_KIND_UNIX)
		make_for(spec.path, FOR_ALL, 0, 0);
	buf_free(&errmsg);
}

void
folders_make(const struct ruleset *r)
{
	const struct daemon_options *o = &r->daemon;
	const struct passwd *pw = geteuid() == 0 ? getpwnam(o->user) : NULL;

	if (pw == NULL)
		return;
	make_for_socket(o->listen);
	make_for_socket(o->reply_map);
	make_for_socket(o->policy_service);
	make_for_socket(o->control);
	make_for(o->pid_file, FOR_ALL, 0, 0);
	make_for(record_file_path(r->records.file, NULL), FOR_THE_GROUP,
	    pw->pw_uid, pw->pw_gid);
	if (!db_is_server(r->records.store))
		make_for(r->records.store, FOR_THE_GROUP, pw->pw_uid,
		    pw->pw_gid);
}
