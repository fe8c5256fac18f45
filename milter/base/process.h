/*
 * process.h - account, limits, background and pid file of a daemon
 *
 * Called by the main thread before others are started, except for the limit of
 * files and the notes to the service manager, which may be called at any time.
 * On failure each appends words to errmsg and returns false.
 */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;

/* The number of the group, or (gid_t)-1 with words in errmsg; NULL name: -1. */
gid_t process_group(const char *name, struct buf *errmsg);

/* The group of a user, or -1 when there is no such user. */
gid_t process_group_of(const char *user);

/* Appends words that say so, and the command that makes one. */
void process_no_account(const char *user, struct buf *errmsg);

/*
 * Becomes that user with its groups, for good. Started as root it refuses to
 * stay root; started as anybody else nothing is changed.
 */
bool process_become(const char *user, struct buf *errmsg);

/*
 * Raises the limit of open files to `n`, or as far as it may go; false when
 * that is less. Says nothing in words.
 */
bool process_raise_files(size_t n);

/*
 * Goes to the background (setsid, no terminal): returns in the child only.
 * The parent waits for process_ready() and exits 0, or with the status of a
 * child that ended before.
 */
bool process_detach(struct buf *errmsg);

/* Lets the parent of process_detach() go; nothing without one. */
void process_ready(void);

/*
 * Writes the pid; the file is made anew, but not in place of one that holds
 * anything but a number. process_pid_remove() empties it, and takes it away
 * where the account that we became may do so.
 */
bool process_pid_write(const char *path, struct buf *errmsg);
void process_pid_remove(const char *path);

/* The open file, or -1; and it is somebody else's from now on. */
int process_pid_file(void);
void process_pid_leave(void);

/*
 * This process follows one that waits at `ready` for process_ready(), and
 * whose open pid file (-1: none) process_pid_write() takes over.
 */
void process_successor(int ready, int pid_file);

/*
 * From now on SIGTERM and SIGINT are noted, for a program that looks between
 * two steps. Any thread asks.
 */
void process_catch_stop(void);
bool process_stopped(void);

/* Waits so many ms, or until a stop is noted; not at all behind one. */
void process_wait(int64_t ms);

/*
 * Tells the service manager (sd_notify(3): $NOTIFY_SOCKET, a datagram), as
 * "READY=1" or "STOPPING=1"; nothing without one.
 */
void process_notify(const char *state);

/* The same with a descriptor, which it gets, too; -1: without. */
void process_notify_fd(const char *state, int fd);

/* The same for a reload that begins (sd_notify(3): RELOADING=1). */
void process_notify_reload(void);

#endif
