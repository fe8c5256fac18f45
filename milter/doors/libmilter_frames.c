/* libmilter_frames - what the MTA sends is checked before libmilter sees it */

#include "doors/libmilter_frames.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#include "base/clock.h"
#include "base/log.h"
#include "doors/libmilter_socket.h"

#define LENGTH 4		/* bytes that tell how long the rest is */
#define HEAD (LENGTH + 1)	/* and a letter */

/* What libmilter's functions return; libmilter/mfapi.h. */
enum { MI_DONE = 0, MI_FAILED = -1 };

/* In place of a letter; libmilter/libmilter.h of Sendmail 8.13 to 8.18. */
enum { FRAME_LATE = 1, FRAME_FAILED = 4, FRAME_END = 5, FRAME_TOO_BIG = 7 };

/* Ours to define: all that libmilter/comm.c exports. */
char *mi_rd_cmd(int socket, struct timeval *timeout, char *letter,
    size_t *length, char *name);
int mi_wr_cmd(int socket, struct timeval *timeout, int letter, char *content,
    size_t length);

static atomic_ullong wrong;

/* Of the session that has this thread; NULL: nothing is skipped. */
static _Thread_local struct {
	libmilter_skips_field *skips;
	void *arg;
} skip;

static size_t
strings_in(const char *content, size_t n)
{
	size_t strings = 0;

	while (n > 0)
		strings += content[--n] == '\0';
	return strings;
}

static bool
ends_well(const char *content, size_t n)
{
	return n > 0 && content[n - 1] == '\0';
}

/* The step it belongs to, then names and values in turn. */
static bool
is_macros(const char *content, size_t n)
{
	return n == 1 || (ends_well(content, n) &&
	    strings_in(content + 1, n - 1) % 2 == 0);
}

static bool
has_string(const char *content, size_t n)
{
	return memchr(content, '\0', n) != NULL;
}

/* The letters of libmilter/mfdef.h; the library reads the others with care. */
static const struct {
	char letter;
	bool (*is_valid)(const char *content, size_t n);
} shapes[] = {
	{ 'C', has_string },
	{ 'H', ends_well },
	{ 'D', is_macros },
	{ 'M', ends_well },
	{ 'R', ends_well },
	{ 'U', ends_well },
};

bool
libmilter_frame_valid(char letter, const char *content, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
		if (shapes[i].letter == letter)
			return n > 0 && shapes[i].is_valid(content, n);
	return true;
}

uint64_t
libmilter_frames_wrong(void)
{
	return atomic_load(&wrong);
}

static int64_t
deadline_of(const struct timeval *timeout)
{
	return clock_ms() + (int64_t)timeout->tv_sec * 1000 +
	    timeout->tv_usec / 1000;
}

/* Reads all n bytes; 0, or the code that takes the place of the letter. */
static char
read_all(int socket, char *into, size_t n, int64_t deadline)
{
	ssize_t got;

	while (n > 0) {
		got = libmilter_socket_read(socket, into, n);
		if (got == 0)
			return FRAME_END;
		if (got > 0) {
			into += got;
			n -= (size_t)got;
		} else if (errno == EAGAIN) {
			if (!libmilter_socket_wait(socket, POLLIN, deadline))
				return FRAME_LATE;
		} else if (errno != EINTR) {
			return FRAME_FAILED;
		}
	}
	return 0;
}

static void
complain(const char *name, char letter)
{
	static struct log_ratelimit logged;

	atomic_fetch_add(&wrong, 1);
	if (log_ratelimit(&logged))
		log_warn("%s: a packet '%c' of the mail server has the wrong "
		    "shape; its session ends here", name, letter);
}

/* NULL, and a code in place of the letter, when it does not come whole. */
static char *
read_content(int socket, char *letter, size_t n, int64_t deadline,
    const char *name)
{
	char failed = 0, *content = malloc(n);

	if (content != NULL)
		failed = read_all(socket, content, n, deadline);
	if (content == NULL || failed != 0) {
		*letter = content == NULL ? FRAME_FAILED : failed;
	} else if (!libmilter_frame_valid(*letter, content, n)) {
		complain(name, *letter);
		*letter = FRAME_FAILED;
	} else {
		return content;
	}
	free(content);
	return NULL;
}

void
libmilter_frames_skip(libmilter_skips_field *skips, void *arg)
{
	skip.skips = skips;
	skip.arg = arg;
}

/* How long the packet is that begins here; 0: it is not here whole, or is no
   header field that may be skipped. */
static size_t
skipped_packet(const char *packet, size_t n)
{
	uint32_t size;

	if (n < HEAD)
		return 0;
	memcpy(&size, packet, LENGTH);
	size = ntohl(size);
	if (packet[LENGTH] != 'L' || size <= 1 || size > n - LENGTH)
		return 0;
	if (packet[LENGTH + size - 1] != '\0' ||
	    !skip.skips(skip.arg, packet + HEAD, size - 1))
		return 0;
	return LENGTH + size;
}

/* Those that were read ahead, and those that have come since. */
static void
skip_fields(int socket)
{
	const char *packets;
	size_t here, n, done;
	bool more = false;

	do {
		here = libmilter_socket_peek(socket, more, &packets);
		for (done = 0; done < here; done += n) {
			n = skipped_packet(packets + done, here - done);
			if (n == 0)
				break;
		}
		libmilter_socket_skip(socket, done);
		more = true;
	} while (done > 0);
	skip.skips = NULL;
}

/* The content is the library's to free; NULL also where there is none. */
char *
mi_rd_cmd(int socket, struct timeval *timeout, char *letter, size_t *length,
    char *name)
{
	int64_t deadline = deadline_of(timeout);
	char head[HEAD], failed, *content;
	uint32_t size;

	*length = 0;
	if (skip.skips != NULL)
		skip_fields(socket);
	failed = read_all(socket, head, sizeof head, deadline);
	*letter = failed != 0 ? failed : head[LENGTH];
	if (failed != 0)
		return NULL;
	memcpy(&size, head, LENGTH);
	size = ntohl(size);
	if (size <= 1)
		return NULL;
	if (size - 1 > FRAME_MAX) {
		*letter = FRAME_TOO_BIG;
		return NULL;
	}
	content = read_content(socket, letter, size - 1, deadline, name);
	if (content != NULL)
		*length = size - 1;
	return content;
}

static void
advance(struct iovec *v, size_t n)
{
	size_t part, i;

	for (i = 0; i < 2; i++) {
		part = n < v[i].iov_len ? n : v[i].iov_len;
		v[i].iov_base = (char *)v[i].iov_base + part;
		v[i].iov_len -= part;
		n -= part;
	}
}

/* Head and content in one piece, where the socket takes it. */
int
mi_wr_cmd(int socket, struct timeval *timeout, int letter, char *content,
    size_t length)
{
	int64_t deadline = deadline_of(timeout);
	uint32_t size = htonl((uint32_t)length + 1);
	char head[HEAD];
	struct iovec v[2] = { { head, sizeof head }, { content, length } };
	const struct msghdr message = { .msg_iov = v, .msg_iovlen = 2 };
	ssize_t n;

	if (length > FRAME_MAX || (length > 0 && content == NULL))
		return MI_FAILED;
	memcpy(head, &size, LENGTH);
	head[LENGTH] = (char)letter;
	while (v[0].iov_len + v[1].iov_len > 0) {
		n = sendmsg(libmilter_socket_of(socket), &message,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n > 0)
			advance(v, (size_t)n);
		else if (n < 0 && errno != EINTR && (errno != EAGAIN ||
		    !libmilter_socket_wait(socket, POLLOUT, deadline)))
			return MI_FAILED;
	}
	return MI_DONE;
}
