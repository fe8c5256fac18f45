/*
 * folders.h - the folders a start as root makes
 *
 * Those of its sockets and of the pid file belong to root, so that nothing that
 * runs as the filter's account can put a link in the way of the next start;
 * those of the record file and the store belong to the account. Only the last
 * folder of a path is made, and what is there stays as it is.
 */
#ifndef DOORS_FOLDERS_H
#define DOORS_FOLDERS_H

struct ruleset;

/*
 * Called by the main thread while it is root. A failure is reported by whoever
 * opens files there later. Nothing when it is not root.
 */
void folders_make(const struct ruleset *r);

#endif
