/* rights - what a start as root does for an account that may be hostile */

#include "base/rights.h"

#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define GROUPS_MAX 1024

static struct {
	char *user;
	uid_t uid;
	gid_t gid;
} account;

/* As it was before rights_to_...(). */
static struct {
	bool lent, umask_set;
	mode_t mask;
	gid_t gid;
	gid_t groups[GROUPS_MAX];
	int ngroups;
} before;

void
rights_account(const char *user)
{
	const struct passwd *pw = user != NULL ? getpwnam(user) : NULL;

	mem_replace(&account.user, pw != NULL ? user : NULL);
	if (pw == NULL)
		return;
	account.uid = pw->pw_uid;
	account.gid = pw->pw_gid;
}

static bool
is_roots(const char *folder)
{
	struct stat st;

	return stat(folder, &st) == 0 && st.st_uid == 0 &&
	    (st.st_mode & S_IWOTH) == 0 &&
	    ((st.st_mode & S_IWGRP) == 0 || st.st_gid == 0);
}

/* The folder, and each above it. */
static bool
all_are_roots(const char *folder)
{
	char *part = mem_dup(folder), *slash;
	bool good = *part == '/' && is_roots("/");

	while (good && (slash = strrchr(part, '/')) != NULL) {
		good = *part == '\0' || is_roots(part);
		*slash = '\0';
	}
	free(part);
	return good;
}

/*
 * True: nobody but root can change what lies at this path or above it; links
 * on the way lead where nobody else may write, either.
 */
static bool
are_roots(const char *folder)
{
	char *real = realpath(folder, NULL);
	bool good = real != NULL && all_are_roots(real) &&
	    (*folder != '/' || all_are_roots(folder));

	free(real);
	return good;
}

static bool
folder_is_roots(const char *path)
{
	char *folder = mem_dup(path), *slash = strrchr(folder, '/');
	bool good;

	if (slash != NULL)
		slash[slash == folder] = '\0';
	good = are_roots(slash != NULL ? folder : ".");
	free(folder);
	return good;
}

/* What fails here leaves fewer rights than were asked for, never more. */
static void
become(gid_t gid, bool account_too)
{
	before.lent = true;
	before.gid = getegid();
	before.ngroups = getgroups(GROUPS_MAX, before.groups);
	if (account_too)
		(void)!initgroups(account.user, account.gid);
	if (gid != (gid_t)-1)
		(void)!setegid(gid);
	else if (account_too)
		(void)!setegid(account.gid);
	if (account_too && seteuid(account.uid) != 0)
		abort();
}

void
rights_to_make(const char *path, mode_t mode, gid_t gid)
{
	before.umask_set = true;
	before.mask = umask(~mode & 0777);
	if (geteuid() == 0)
		become(gid, account.user != NULL && !folder_is_roots(path));
}

void
rights_to_read(void)
{
	if (geteuid() == 0 && account.user != NULL)
		become((gid_t)-1, true);
}

void
rights_done(void)
{
	if (before.umask_set)
		umask(before.mask);
	if (before.lent && (seteuid(0) != 0 || setegid(before.gid) != 0 ||
	    (before.ngroups >= 0 && setgroups((size_t)before.ngroups,
	    before.groups) != 0)))
		abort();
	before.umask_set = before.lent = false;
}
