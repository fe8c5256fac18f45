/*
 * rights.h - what a start as root does for an account that may be hostile
 *
 * Whoever runs as the filter's account owns some folders, and could put a link
 * in the way of a call by path that root makes there. So a thing is made with
 * its final rights, by umask and group, and in a folder that is not root's
 * alone, all the way down from "/", it is made with the rights of the account.
 *
 * For the main thread of a process before it has others. Started as anybody
 * but root, only the umask is changed. Each pair of calls may not be nested.
 */
#ifndef BASE_RIGHTS_H
#define BASE_RIGHTS_H

#include <stdbool.h>
#include <sys/types.h>

/* The account that this process will become; NULL or none such: nobody's. */
void rights_account(const char *user);

/*
 * From here to rights_done() what is made at `path` gets this mode, and this
 * group ((gid_t)-1: as it comes).
 */
void rights_to_make(const char *path, mode_t mode, gid_t gid);

/* From here to rights_done() files are read with the account's rights. */
void rights_to_read(void);

void rights_done(void);

#endif
