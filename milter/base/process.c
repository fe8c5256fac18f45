/* process - what a daemon does with itself */

#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/rights.h"

#ifdef __FreeBSD__
#define MAKE_ACCOUNT "pw useradd %s -d /nonexistent -s /usr/sbin/nologin"
#else
#define MAKE_ACCOUNT "useradd --system --user-group --no-create-home " \
    "--shell /usr/sbin/nologin %s"
#endif

#define PID_TEXT 32		/* a number and a line end, and to spare */

static int ready_pipe = -1;	/* to the parent that waits */
static bool detached;
static int pid_file = -1;	/* open until the end, to be emptied */

gid_t
process_group(const char *name, struct buf *errmsg)
{
	const struct group *g = name != NULL ? getgrnam(name) : NULL;

	if (g == NULL && name != NULL)
		buf_printf(errmsg, "there is no group \"%s\" (listen-group): "
		    "install the mail server first, or name its group", name);
	return g != NULL ? g->gr_gid : (gid_t)-1;
}

gid_t
process_group_of(const char *user)
{
	const struct passwd *pw = getpwnam(user);

	return pw != NULL ? pw->pw_gid : (gid_t)-1;
}

void
process_no_account(const char *user, struct buf *errmsg)
{
	buf_printf(errmsg, "user = \"%s\": there is no such account. This "
	    "makes it: " MAKE_ACCOUNT, user, user);
}

bool
process_become(const char *user, struct buf *errmsg)
{
	const struct passwd *pw;

	if (geteuid() != 0)
		return true;
	pw = getpwnam(user);
	if (pw == NULL)
		process_no_account(user, errmsg);
	else if (pw->pw_uid == 0)
		buf_printf(errmsg, "user = \"%s\": that is root, and a mail "
		    "filter needs no such rights", user);
	else if (initgroups(user, pw->pw_gid) != 0 ||
	    setgid(pw->pw_gid) != 0 || setuid(pw->pw_uid) != 0)
		buf_printf(errmsg, "cannot become %s: %s", user,
		    strerror(errno));
	else if (setuid(0) == 0)
		buf_puts(errmsg, "the system let us become root again");
	else
		return true;
	return false;
}

bool
process_raise_files(size_t n)
{
	struct rlimit limit, more = { .rlim_cur = n, .rlim_max = n };

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return false;
	if (limit.rlim_cur >= n)
		return true;
	if (limit.rlim_max >= n)
		more.rlim_max = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &more) == 0)
		return true;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	return false;
}

/* The parent: ends as soon as the child is ready, or as the child ended. */
static void
wait_for_child(pid_t child, int fd)
{
	int status = 0;
	char byte;

	if (read(fd, &byte, 1) == 1)
		_exit(0);
	if (waitpid(child, &status, 0) == child && WIFEXITED(status))
		_exit(WEXITSTATUS(status));
	_exit(EX_SOFTWARE);
}

bool
process_detach(struct buf *errmsg)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0 || (child = fork()) < 0) {
		buf_printf(errmsg, "cannot go to the background: %s",
		    strerror(errno));
		return false;
	}
	if (child != 0) {
		close(ends[1]);
		wait_for_child(child, ends[0]);
	}
	close(ends[0]);
	ready_pipe = ends[1];
	detached = true;
	setsid();
	return true;
}

/* From here on nobody reads the terminal. */
static void
leave_terminal(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	if (null > STDERR_FILENO)
		close(null);
}

void
process_ready(void)
{
	if (ready_pipe < 0)
		return;
	if (detached)
		leave_terminal();
	(void)!write(ready_pipe, "", 1);
	close(ready_pipe);
	ready_pipe = -1;
}

static void
forget_pid_file(void)
{
	if (pid_file >= 0)
		close(pid_file);
	pid_file = -1;
}

/*
 * What may be removed for ours: a link, which is no file, and what another
 * daemon or an earlier life of ours left, which is a number or empty.
 */
static bool
is_old_pid_file(const char *path)
{
	char text[PID_TEXT];
	struct stat st;
	ssize_t n = -1;
	int fd;

	if (lstat(path, &st) != 0 || S_ISLNK(st.st_mode))
		return true;
	if (!S_ISREG(st.st_mode))
		return false;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, sizeof text - 1);
		close(fd);
	}
	if (n < 0)
		return false;
	text[n] = '\0';
	return st.st_size == n &&
	    text[strspn(text, "0123456789 \n")] == '\0';
}

bool
process_pid_write(const char *path, struct buf *errmsg)
{
	bool written;

	if (pid_file >= 0)
		return ftruncate(pid_file, 0) == 0 && lseek(pid_file, 0,
		    SEEK_SET) == 0 && dprintf(pid_file, "%ld\n",
		    (long)getpid()) > 0;
	rights_to_make(path, 0644, (gid_t)-1);
	if (!is_old_pid_file(path)) {
		buf_printf(errmsg, "pid-file = \"%s\": is there and is no "
		    "pid file", path);
		rights_done();
		return false;
	}
	unlink(path);
	pid_file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	written = pid_file >= 0 && dprintf(pid_file, "%ld\n",
	    (long)getpid()) > 0;
	if (!written)
		buf_printf(errmsg, "pid-file = \"%s\": %s", path,
		    strerror(errno));
	rights_done();
	return written;
}

/* In a folder of root's the file cannot be removed, but it is empty. */
void
process_pid_remove(const char *path)
{
	if (path == NULL)
		return;
	if (pid_file >= 0)
		(void)!ftruncate(pid_file, 0);
	forget_pid_file();
	unlink(path);
}

int
process_pid_file(void)
{
	return pid_file;
}

void
process_pid_leave(void)
{
	forget_pid_file();
}

void
process_successor(int ready, int left)
{
	ready_pipe = ready;
	pid_file = left;
	fcntl(ready, F_SETFD, FD_CLOEXEC);
	if (left >= 0)
		fcntl(left, F_SETFD, FD_CLOEXEC);
}

/* One message, and a descriptor that goes with it. */
static void
send_note(int to, const struct sockaddr_un *at, socklen_t n, const char *state,
    int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .bytes = "" };
	struct sockaddr_un address = *at;
	struct iovec text = { (char *)(uintptr_t)state, strlen(state) };
	struct msghdr message = { .msg_name = &address, .msg_namelen = n,
		.msg_iov = &text, .msg_iovlen = 1 };
	struct cmsghdr *head;

	if (fd >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof control.bytes;
		head = CMSG_FIRSTHDR(&message);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(head), &fd, sizeof fd);
	}
	(void)sendmsg(to, &message, MSG_NOSIGNAL);
}

static atomic_bool stopped;

static void
note_stop(int signo)
{
	(void)signo;
	atomic_store(&stopped, true);
}

void
process_catch_stop(void)
{
	struct sigaction act = { .sa_handler = note_stop };

	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
}

bool
process_stopped(void)
{
	return atomic_load(&stopped);
}

void
process_wait(int64_t ms)
{
	struct timespec left = { .tv_sec = ms / 1000,
		.tv_nsec = (long)(ms % 1000) * 1000000 };

	if (ms > 0 && !process_stopped())
		nanosleep(&left, NULL);
}

void
process_notify(const char *state)
{
	process_notify_fd(state, -1);
}

void
process_notify_fd(const char *state, int with)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	socklen_t n;
	int fd;

	if (path == NULL || (*path != '/' && *path != '@') ||
	    strlen(path) >= sizeof to.sun_path)
		return;
	memcpy(to.sun_path, path, strlen(path));
	n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    strlen(path));
	if (*path == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	send_note(fd, &to, n, state, with);
	close(fd);
}

/* The time shows which reload a later READY=1 belongs to. */
void
process_notify_reload(void)
{
	char state[64];

	snprintf(state, sizeof state, "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)clock_us());
	process_notify(state);
}
