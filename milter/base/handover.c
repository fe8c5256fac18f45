/* handover - listening sockets that outlive the process that opened them */

#include "base/handover.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/process.h"
#include "base/sock.h"

#define SOCKETS_MAX 8
#define FIRST_FD 3		/* SD_LISTEN_FDS_START */
#define OURS "SAYWHY_HANDOVER"	/* "ready pid-file socket ..." */

extern char **environ;

struct sockets {
	int v[SOCKETS_MAX];
	size_t n;
};

static struct sockets left;	/* to us, and not taken yet */
static struct sockets units;	/* those of socket units, taken or not */
static struct sockets kept;	/* ours, to be handed over */
static bool successor, outlive;
static int to_predecessor = -1, to_successor = -1;

static void
add(struct sockets *s, int fd)
{
	if (s->n < SOCKETS_MAX)
		s->v[s->n++] = fd;
}

static bool
has(const struct sockets *s, int fd)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->v[i] == fd)
			return true;
	return false;
}

static bool
is_listening(int fd)
{
	int on = 0;
	socklen_t n = sizeof on;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &n) == 0 && on;
}

static bool
is_pair(int fd)
{
	int type = 0;
	socklen_t n = sizeof type;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) == 0 &&
	    type == SOCK_SEQPACKET;
}

static void
receive_one(int fd)
{
	if (fcntl(fd, F_GETFD) < 0)
		return;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (is_listening(fd))
		add(&left, fd);
	else if (successor && is_pair(fd))
		to_predecessor = fd;
}

static void
receive_from_predecessor(const char *list)
{
	char *end;
	long ready = strtol(list, &end, 10);
	long pid_file = strtol(end, &end, 10), fd;

	successor = true;
	process_successor((int)ready, (int)pid_file);
	for (fd = strtol(end, &end, 10); fd >= FIRST_FD; fd = strtol(end, &end,
	    10))
		receive_one((int)fd);
}

/*
 * They may be meant for another process that we are a child of. What we gave
 * the manager to keep has a name with a slash, as put_name() made it; the
 * others are of socket units, and stay theirs.
 */
static void
receive_from_manager(const char *pid, const char *count, const char *names)
{
	int n = atoi(count), fd;
	size_t length;

	if (atol(pid) != (long)getpid())
		return;
	for (fd = FIRST_FD; fd < FIRST_FD + n; fd++) {
		length = strcspn(names, ":");
		receive_one(fd);
		if (memchr(names, '/', length) == NULL)
			add(&units, fd);
		names += length + (names[length] == ':');
	}
}

void
handover_receive(void)
{
	const char *ours = getenv(OURS);
	const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");
	const char *names = getenv("LISTEN_FDNAMES");

	if (ours != NULL)
		receive_from_predecessor(ours);
	else if (pid != NULL && n != NULL)
		receive_from_manager(pid, n, names != NULL ? names : "");
	unsetenv(OURS);
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
}

bool
handover_is_successor(void)
{
	return successor;
}

/* A UNIX address as the system tells it may have one byte more at its end. */
static bool
has_address(int fd, const struct sockaddr *address, socklen_t n)
{
	struct sockaddr_storage own = { .ss_family = AF_UNSPEC };
	const struct sockaddr_un *a = (const void *)address;
	const struct sockaddr_un *b = (const void *)&own;
	socklen_t own_n = sizeof own;

	if (getsockname(fd, (void *)&own, &own_n) != 0 ||
	    own.ss_family != address->sa_family)
		return false;
	if (address->sa_family == AF_UNIX)
		return strncmp(a->sun_path, b->sun_path,
		    sizeof a->sun_path) == 0;
	if (address->sa_family == AF_INET6)
		((struct sockaddr_in6 *)&own)->sin6_flowinfo =
		    ((const struct sockaddr_in6 *)(const void *)
		    address)->sin6_flowinfo;
	return own_n == n && memcmp(&own, address, n) == 0;
}

/* Who removed the path, and whoever made another file of it, had a reason. */
static bool
can_be_reached(const struct sockaddr *address)
{
	struct stat st;

	return address->sa_family != AF_UNIX || (lstat(
	    ((const struct sockaddr_un *)(const void *)address)->sun_path,
	    &st) == 0 && S_ISSOCK(st.st_mode));
}

int
handover_take(const struct sockaddr *address, socklen_t n)
{
	size_t i;
	int fd;

	for (i = 0; i < left.n; i++)
		if (has_address(left.v[i], address, n))
			break;
	if (i == left.n || !can_be_reached(address))
		return -1;
	fd = left.v[i];
	left.v[i] = left.v[--left.n];
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	outlive = true;
	return fd;
}

void
handover_keep(int fd)
{
	add(&kept, fd);
}

/* A name for the service manager, which allows no colon: its address. */
static void
put_name(struct buf *b, int fd)
{
	struct sockaddr_storage own = { .ss_family = AF_UNSPEC };
	socklen_t n = sizeof own;
	const void *at = &own;
	char text[INET6_ADDRSTRLEN] = "", *colon;

	getsockname(fd, (void *)&own, &n);
	if (own.ss_family == AF_UNIX) {
		buf_puts(b, ((const struct sockaddr_un *)at)->sun_path);
	} else if (own.ss_family == AF_INET) {
		const struct sockaddr_in *in = at;

		inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
		buf_printf(b, "%s/%d", text, ntohs(in->sin_port));
	} else {
		const struct sockaddr_in6 *in6 = at;

		inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof text);
		buf_printf(b, "%s/%d", text, ntohs(in6->sin6_port));
	}
	for (colon = b->data; (colon = strchr(colon, ':')) != NULL;)
		*colon = '.';
}

static void
tell_manager(int fd, const char *what)
{
	struct buf name = BUF_INIT, note = BUF_INIT;

	put_name(&name, fd);
	buf_printf(&note, "%s=1\nFDNAME=%s", what, name.data);
	process_notify_fd(note.data, strcmp(what, "FDSTORE") == 0 ? fd : -1);
	buf_free(&note);
	buf_free(&name);
}

void
handover_done(void)
{
	size_t i;

	outlive = false;
	while (left.n > 0)
		if (!has(&units, left.v[--left.n])) {
			tell_manager(left.v[left.n], "FDSTOREREMOVE");
			close(left.v[left.n]);
		}
	for (i = 0; i < kept.n && getenv("NOTIFY_SOCKET") != NULL; i++)
		if (!has(&units, kept.v[i])) {
			tell_manager(kept.v[i], "FDSTORE");
			outlive = true;
		}
}

void
handover_remove(char **path)
{
	if (*path != NULL && !outlive)
		unlink(*path);
	mem_replace(path, NULL);
}

/* Ours and a line that says which descriptors it gets; to be freed. */
static char **
environment(const char *line)
{
	size_t n = 0;
	char **v;

	while (environ[n] != NULL)
		n++;
	v = mem_array(n + 2, sizeof *v);
	memcpy(v, environ, n * sizeof *v);
	v[n] = (char *)(uintptr_t)line;
	return v;
}

static int
take_end(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

int
handover_predecessor(void)
{
	return take_end(&to_predecessor);
}

int
handover_successor(void)
{
	return take_end(&to_successor);
}

/* Nothing else in a daemon starts a process, so nobody else inherits them. */
static void
pass_on(int ready, int pair, bool yes)
{
	int flags = yes ? 0 : FD_CLOEXEC, pid_file = process_pid_file();
	size_t i;

	for (i = 0; i < kept.n; i++)
		fcntl(kept.v[i], F_SETFD, flags);
	if (pid_file >= 0)
		fcntl(pid_file, F_SETFD, flags);
	fcntl(ready, F_SETFD, flags);
	if (pair >= 0)
		fcntl(pair, F_SETFD, flags);
}

/*
 * The successor is a child of nobody here: a service manager looks after what
 * has no parent but itself. It tells its number, then becomes the program.
 */
static void
fork_twice(char *const argv[], char *const env[], int ready)
{
	pid_t between = fork(), own;

	if (between < 0)
		return;
	if (between > 0) {
		waitpid(between, NULL, 0);
		return;
	}
	if (fork() != 0)
		_exit(0);
	own = getpid();
	if (write(ready, &own, sizeof own) == (ssize_t)sizeof own) {
		environ = (char **)(uintptr_t)env;
		execvp(argv[0], argv);
	}
	_exit(127);
}

static void
spawn(char *const argv[], int ready, int pair)
{
	struct buf line = BUF_INIT;
	char **env;
	size_t i;

	buf_printf(&line, OURS "=%d %d", ready, process_pid_file());
	for (i = 0; i < kept.n; i++)
		buf_printf(&line, " %d", kept.v[i]);
	if (pair >= 0)
		buf_printf(&line, " %d", pair);
	env = environment(line.data);
	pass_on(ready, pair, true);
	fork_twice(argv, env, ready);
	pass_on(ready, pair, false);
	free(env);
	buf_free(&line);
}

/* False: end of file, or too late. */
static bool
read_in_time(int fd, void *into, size_t n, int64_t deadline)
{
	return sock_wait(fd, POLLIN, deadline) &&
	    read(fd, into, n) == (ssize_t)n;
}

/* Starts it and waits until it serves; its number, or -1. */
static pid_t
start_and_wait(char *const argv[], int patience, int pair,
    struct buf *errmsg)
{
	int64_t deadline = clock_ms() + patience;
	int ends[2];
	pid_t next = -1;
	bool ready = false;
	char byte;

	if (pipe2(ends, O_CLOEXEC) != 0) {
		buf_printf(errmsg, "pipe: %s", strerror(errno));
		return -1;
	}
	spawn(argv, ends[1], pair);
	close(ends[1]);
	if (!read_in_time(ends[0], &next, sizeof next, deadline))
		next = -1;
	else
		ready = read_in_time(ends[0], &byte, 1, deadline);
	close(ends[0]);
	if (ready)
		return next;
	buf_printf(errmsg, "%s did not come to serve", argv[0]);
	if (next > 0)
		kill(next, SIGKILL);
	return -1;
}

pid_t
handover_start(char *const argv[], int patience, struct buf *errmsg)
{
	int pair[2] = { -1, -1 };
	pid_t next;

	/* Without it, what Postfix asks about live sessions is not joined. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0, pair) != 0)
		log_warn("socketpair: %s", strerror(errno));
	next = start_and_wait(argv, patience, pair[1], errmsg);
	if (pair[1] >= 0)
		close(pair[1]);
	if (next < 0 && pair[0] >= 0)
		close(pair[0]);
	outlive |= next >= 0;
	to_successor = next >= 0 ? pair[0] : -1;
	return next;
}
