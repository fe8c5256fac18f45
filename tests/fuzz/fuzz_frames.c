/*
 * fuzz_frames - any bytes as the packets of a mail server
 *
 * The first byte says whether header fields are skipped. What libmilter gets is
 * what the bytes are when they are taken apart one after the other; a name that
 * is asked about has an end. The bytes are all there, so nothing is waited for.
 */

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/log.h"
#include "doors/libmilter_frames.h"
#include "doors/libmilter_socket.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* As libmilter calls it; libmilter/comm.c. */
extern char *mi_rd_cmd(int socket, struct timeval *timeout, char *letter,
    size_t *length, char *name);

#define HEAD 5
#define ALL_MAX 60000		/* of what a socket takes at once */

static size_t skipped;

static bool
skips(void *arg, const char *name, size_t bytes)
{
	(void)arg;
	if (memchr(name, '\0', bytes) == NULL)
		BUG("a name without an end");
	skipped++;
	return *name != 'X';
}

/* The next packet of the bytes that is not skipped; false: there is none. */
struct packets {
	const uint8_t *at;
	size_t n;
};

static bool
next(struct packets *p, char *letter, const uint8_t **content, size_t *n)
{
	uint32_t size;

	if (p->n < HEAD)
		return false;
	memcpy(&size, p->at, 4);
	size = ntohl(size);
	*letter = (char)p->at[4];
	*content = p->at + HEAD;
	*n = size > 1 ? size - 1 : 0;
	if (*n > p->n - HEAD || *n > FRAME_MAX)
		return false;
	p->at += HEAD + *n;
	p->n -= HEAD + *n;
	return true;
}

static bool
may_be_skipped(char letter, const uint8_t *content, size_t n)
{
	return letter == 'L' && n > 0 && content[n - 1] == '\0' &&
	    *content != 'X';
}

/* False: the session has ended here. */
static bool
compare(int fd, struct packets *p, bool skipping)
{
	struct timeval none = { 0, 0 };
	char name[] = "fuzz", letter, wanted;
	const uint8_t *content;
	size_t length, n;
	bool there;
	char *got = mi_rd_cmd(fd, &none, &letter, &length, name);

	do
		there = next(p, &wanted, &content, &n);
	while (there && skipping && may_be_skipped(wanted, content, n));
	if (there && !libmilter_frame_valid(wanted, (const char *)content, n))
		there = n == 0;
	if (there && (letter != wanted || length != n ||
	    (n > 0 && (got == NULL || memcmp(got, content, n) != 0))))
		BUG("another packet than was sent");
	if (!there && got != NULL)
		BUG("a packet that was not sent");
	free(got);
	return there;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct libmilter_socket s;
	struct packets p = { data + 1, n - 1 };
	int ends[2];
	bool skipping;

	if (n == 0 || n > ALL_MAX)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0 ||
	    write(ends[1], p.at, p.n) != (ssize_t)p.n)
		BUG("there is no connection");
	close(ends[1]);
	libmilter_socket_begin(&s, ends[0]);
	skipping = data[0] % 2 == 1;
	do
		if (skipping)
			libmilter_frames_skip(skips, NULL);
	while (compare(ends[0], &p, skipping));
	libmilter_socket_end(&s);
	close(ends[0]);
	return 0;
}
