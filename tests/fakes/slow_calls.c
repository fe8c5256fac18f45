/*
 * slow_calls - a pause behind each call that makes something in a folder
 *
 * For LD_PRELOAD: whoever races a start as root wins every time, where what
 * follows such a call goes by path.
 */

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>

#define PAUSE_MS 60

int bind(int fd, const struct sockaddr *addr, socklen_t n);
int open(const char *path, int flags, ...);
int open64(const char *path, int flags, ...);

int
bind(int fd, const struct sockaddr *addr, socklen_t n)
{
	static int (*real)(int, const struct sockaddr *, socklen_t);
	int rc;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "bind");
	rc = real(fd, addr, n);
	if (rc == 0 && addr->sa_family == AF_UNIX)
		poll(NULL, 0, PAUSE_MS);
	return rc;
}

static int
slow_open(const char *path, int flags, mode_t mode)
{
	static int (*real)(const char *, int, ...);
	int fd;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "open64");
	fd = real(path, flags, mode);
	if (fd >= 0 && (flags & O_CREAT) != 0)
		poll(NULL, 0, PAUSE_MS);
	return fd;
}

#define SLOW_OPEN(name) \
int \
name(const char *path, int flags, ...) \
{ \
	mode_t mode = 0; \
	va_list ap; \
 \
	va_start(ap, flags); \
	if ((flags & O_CREAT) != 0) \
		mode = va_arg(ap, mode_t); \
	va_end(ap); \
	return slow_open(path, flags, mode); \
}

SLOW_OPEN(open)
SLOW_OPEN(open64)
