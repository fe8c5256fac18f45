/*
 * libmilter_socket.h - the connection behind libmilter's descriptor, read ahead
 *
 * libmilter asks the system before each packet whether there is one, and comes
 * back when there is none within a millisecond: it would wait in vain for what
 * was read already, so each packet takes three calls of the system, and six
 * when it had to be waited for. Here the library's descriptor becomes one
 * that can always be read from; the connection gets another, which only this
 * file and libmilter_frames.c read and write, many packets at a time.
 *
 * All of it in the thread of the session.
 */
#ifndef DOORS_LIBMILTER_SOCKET_H
#define DOORS_LIBMILTER_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Bytes that are read before the library asks for them. */
#define LIBMILTER_AHEAD ((size_t)8192)

struct libmilter_socket {
	int shown;		/* the library's descriptor */
	int fd;			/* the connection; the same, when there is no
				   other descriptor to be had */
	bool tcp;
	bool drained;		/* no more had come when it was read last */
	char *ahead;		/* NULL: nothing is; idle sessions are many */
	size_t from, to;	/* of ahead: what is not yet taken */
};

/* Until libmilter_socket_end(), when the library has closed its own. */
void libmilter_socket_begin(struct libmilter_socket *s, int shown);
void libmilter_socket_end(struct libmilter_socket *s);

/* The connection behind a descriptor; itself, where nothing began. */
int libmilter_socket_of(int shown);

/* As recv() that does not wait; 0: the MTA has hung up. */
ssize_t libmilter_socket_read(int shown, char *into, size_t n);

/*
 * What was read ahead and not yet taken, until the next call; with `more` what
 * has come since, too. 0: nothing, or the library reads the connection itself.
 */
size_t libmilter_socket_peek(int shown, bool more, const char **bytes);
/* The first n of those bytes are not wanted. */
void libmilter_socket_skip(int shown, size_t n);

/* Until there is something to read, or room to write; false: too late. */
bool libmilter_socket_wait(int shown, short what, int64_t deadline);

#endif
