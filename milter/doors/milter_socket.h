/*
 * milter_socket.h - where the MTA finds the filter
 *
 * We open it ourselves: libmilter checks no spec, removes the socket of a live
 * server, and sets no rights. Then libmilter gets it as "fd:N" where it knows
 * that word (Debian's does). Where it does not, it opens the socket itself once
 * ours has shown that the address is free, and the rights are set a moment
 * later. One milter socket a process.
 */
#ifndef DOORS_MILTER_SOCKET_H
#define DOORS_MILTER_SOCKET_H

#include <stdbool.h>
#include <sys/types.h>

struct buf;

/* What libmilter does for it; each returns 0 when it could. */
struct milter_library {
	int (*set)(char *spec);		/* smfi_setconn() */
	int (*open)(bool remove_old);	/* smfi_opensocket() */
};

/* Rights as sock_listen() (base/sock.h). False, words in errmsg. */
bool milter_socket_open(const struct milter_library *library, const char *spec,
    mode_t mode, gid_t gid, struct buf *errmsg);

/* Removes the file of a UNIX socket; the socket is libmilter's to close. */
void milter_socket_remove(void);

#endif
