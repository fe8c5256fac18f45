/*
 * sock.h - sockets with deadlines
 *
 * A spec is the text an admin writes: "unix:/absolute/path", "inet:port@host",
 * "inet6:port@host", "fd:N" (handed over by the service manager; N from 3).
 * Deadlines are clock_ms() values. No function here blocks past its deadline,
 * raises SIGPIPE, or leaks a descriptor into a child. One exception: a host
 * that is a name is looked up by the system's resolver, in its own time; where
 * mail waits, let the spec hold an address.
 */
#ifndef BASE_SOCK_H
#define BASE_SOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;

enum sock_kind { SOCK_KIND_UNIX, SOCK_KIND_INET, SOCK_KIND_INET6,
	SOCK_KIND_FD };

struct sock_spec {
	enum sock_kind kind;
	char path[108];		/* unix; the system may allow less */
	char host[256];		/* inet, inet6; an address, or a name */
	int port;		/* inet, inet6; or the number of fd: */
};

/* False with words in errmsg for anything but a spec as above. */
bool sock_spec_parse(const char *text, struct sock_spec *spec,
    struct buf *errmsg);

/*
 * Opens a listening socket (CLOEXEC, non-blocking). A UNIX path where a live
 * server answers is refused; a stale one is replaced. It is made with `mode`
 * and, by root, `gid` ((gid_t)-1: as it comes; rights.h), so that no client
 * connects too early. One that was left to us is taken as it is (handover.h).
 * -1 with words in errmsg on failure.
 */
int sock_listen(const struct sock_spec *spec, mode_t mode, gid_t gid,
    struct buf *errmsg);

/*
 * sock_listen() for the spec in `text`, which is parsed into *spec, and the
 * socket outlives us (handover.h); when it fails, *spec is a descriptor's,
 * without a path.
 */
int sock_listen_text(const char *text, mode_t mode, gid_t gid,
    struct sock_spec *spec, struct buf *errmsg);

/*
 * Waits for these events (poll(2)) of any descriptor. False: the deadline came
 * first (ETIMEDOUT), or poll() failed. A signal is no reason to give up.
 */
bool sock_wait(int fd, short events, int64_t deadline);

/* The path of a UNIX socket, NULL of any other. */
const char *sock_spec_path(const struct sock_spec *spec);

/*
 * Does a server accept on it? Yes also in doubt (no permission, queue full),
 * because a path is removed when there is none. At most a quarter of a second.
 */
bool sock_is_live(const struct sock_spec *spec);

/* -1 with words in errmsg when not connected by the deadline. */
int sock_connect(const struct sock_spec *spec, int64_t deadline,
    struct buf *errmsg);

/* sock_connect() to the spec in `text`. */
int sock_connect_text(const char *text, int64_t deadline, struct buf *errmsg);

/* All n bytes by the deadline, or false. */
bool sock_write(int fd, const void *bytes, size_t n, int64_t deadline);

/*
 * Appends what arrives until end of file, at most `max` bytes, by the deadline.
 * False on error, too much, or too late.
 */
bool sock_read_all(int fd, struct buf *into, size_t max, int64_t deadline);

/* Appends up to and without the next `stop`; the same limits. */
bool sock_read_until(int fd, char stop, struct buf *into, size_t max,
    int64_t deadline);

/* The same for "\n". */
bool sock_read_line(int fd, struct buf *into, size_t max, int64_t deadline);

#endif
