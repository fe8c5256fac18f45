/* sock_listen - listening sockets that never replace those of a live server */

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/rights.h"
#include "base/sock.h"
#include "base/sock_address.h"

/* A live server accepts a connection at once, however busy it is. */
#define PROBE_MS 250

bool
sock_is_live(const struct sock_spec *spec)
{
	struct sock_address v[SOCK_ADDRESSES];
	struct buf unread = BUF_INIT;
	size_t n = sock_addresses(spec, v, &unread), i;
	int fd = -1;

	buf_free(&unread);
	for (i = 0; i < n && fd < 0; i++) {
		fd = sock_dial(&v[i], clock_ms() + PROBE_MS);
		/*
		 * A server is there: its queue is full, or we may not connect
		 * to it.
		 */
		if (fd < 0 && (errno == ETIMEDOUT || errno == EACCES))
			return true;
	}
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Makes room at the path, but not by removing what is in use or no socket. */
static bool
clear_path(const struct sock_spec *spec, struct buf *errmsg)
{
	struct stat st;

	if (lstat(spec->path, &st) != 0) {
		if (errno == ENOENT)
			return true;
		buf_printf(errmsg, "%s: %s", spec->path, strerror(errno));
		return false;
	}
	if (!S_ISSOCK(st.st_mode)) {
		buf_printf(errmsg, "%s: is there and is no socket", spec->path);
		return false;
	}
	if (sock_is_live(spec)) {
		buf_printf(errmsg, "%s: another server answers on it",
		    spec->path);
		return false;
	}
	if (unlink(spec->path) == 0 || errno == ENOENT)
		return true;
	buf_printf(errmsg, "%s: cannot remove the old socket: %s", spec->path,
	    strerror(errno));
	return false;
}

/* An inet6 socket leaves IPv4 to an inet one on the same port. */
static int
bind_inet(int fd, const struct sock_address *at)
{
	int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
		return -1;
	if (at->sa.ss_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6,
	    IPV6_V6ONLY, &on, sizeof on) != 0)
		return -1;
	return bind(fd, (const struct sockaddr *)&at->sa, at->n);
}

static int
listen_at(const struct sock_spec *spec, const struct sock_address *at,
    struct buf *errmsg)
{
	bool is_unix = spec->kind == SOCK_KIND_UNIX;
	int fd = socket(at->sa.ss_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0 && (is_unix ? bind(fd, (const struct sockaddr *)&at->sa,
	    at->n) : bind_inet(fd, at)) == 0 && listen(fd, SOMAXCONN) == 0)
		return fd;
	if (is_unix)
		buf_printf(errmsg, "%s: %s", spec->path, strerror(errno));
	else
		buf_printf(errmsg, "%s port %d: %s", spec->host, spec->port,
		    strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/*
 * The socket has its rights from the moment it is there. Nothing is done by
 * its path afterwards: what lies there by then may be somebody else's link.
 */
static int
listen_at_path(const struct sock_spec *spec, const struct sock_address *at,
    mode_t mode, gid_t gid, struct buf *errmsg)
{
	int fd = -1;

	rights_to_make(spec->path, mode, gid);
	if (clear_path(spec, errmsg))
		fd = listen_at(spec, at, errmsg);
	rights_done();
	return fd;
}

/* What the service manager opened for us. */
static int
adopt(int fd, struct buf *errmsg)
{
	int listening = 0;
	socklen_t n = sizeof listening;
	int flags;

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &n) != 0) {
		buf_printf(errmsg, "fd:%d: %s", fd, strerror(errno));
		return -1;
	}
	if (!listening) {
		buf_printf(errmsg, "fd:%d: is not a listening socket", fd);
		return -1;
	}
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
		buf_printf(errmsg, "fd:%d: %s", fd, strerror(errno));
		return -1;
	}
	return fd;
}

int
sock_listen(const struct sock_spec *spec, mode_t mode, gid_t gid,
    struct buf *errmsg)
{
	struct sock_address v[SOCK_ADDRESSES];

	if (spec->kind == SOCK_KIND_FD)
		return adopt(spec->port, errmsg);
	if (sock_addresses(spec, v, errmsg) == 0)
		return -1;
	return spec->kind == SOCK_KIND_UNIX ?
	    listen_at_path(spec, &v[0], mode, gid, errmsg) :
	    listen_at(spec, &v[0], errmsg);
}

int
sock_listen_text(const char *text, mode_t mode, gid_t gid,
    struct sock_spec *spec, struct buf *errmsg)
{
	int fd = sock_spec_parse(text, spec, errmsg) ?
	    sock_listen(spec, mode, gid, errmsg) : -1;

	if (fd < 0)
		spec->kind = SOCK_KIND_FD;
	return fd;
}
