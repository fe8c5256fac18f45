/*
 * handover.h - listening sockets that outlive the process that opened them
 *
 * While nobody listens, the mail server defers mail. So a daemon that ends
 * leaves its listening sockets open with somebody else; who connects meanwhile
 * waits in their queue until the next process serves. That next process is
 *
 *	started by the service manager, which kept them: sd_notify(3) FDSTORE=1,
 *	    sd_listen_fds(3), FileDescriptorStoreMax= of systemd.service(5); or
 *	a successor that this process starts itself, so that it can let its
 *	    sessions end, however long they last, while the other one serves.
 *
 * A socket is found again by its address. For the main thread alone.
 */
#ifndef BASE_HANDOVER_H
#define BASE_HANDOVER_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

struct buf;

/*
 * Reads what a predecessor or the service manager left us, and takes it out of
 * the environment. Once, before any socket is opened.
 */
void handover_receive(void);

/* Did a predecessor start this process? It waits for process_ready(). */
bool handover_is_successor(void);

/*
 * A listening socket for this address that was left to us, ours from now on
 * (CLOEXEC, non-blocking); -1: none, or its path is gone.
 */
int handover_take(const struct sockaddr *address, socklen_t n);

/* This listening socket is to outlive us; it stays the caller's. */
void handover_keep(int fd);

/*
 * All are open, and nothing can fail any more: those that nobody took are
 * closed, and a service manager is asked to keep ours ($NOTIFY_SOCKET).
 */
void handover_done(void);

/* Frees *path; the socket there is removed, unless it outlives us. */
void handover_remove(char **path);

/*
 * Starts `argv` (argv[0] names the program) with our sockets, and waits for at
 * most `patience` ms until it serves. Its process id; or -1 with words in
 * errmsg: then nothing has changed. From then on our paths are its.
 */
pid_t handover_start(char *const argv[], int patience, struct buf *errmsg);

/*
 * A process and its successor are joined by a pair of sockets (SOCK_SEQPACKET,
 * non-blocking, CLOEXEC): ours to the predecessor, and to the successor that
 * handover_start() started; the caller's from then on. -1: none, or it was
 * taken already.
 */
int handover_predecessor(void);
int handover_successor(void);

#endif
