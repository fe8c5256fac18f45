/*
 * datagram.h - datagrams to a log that never wait for its reader
 *
 * One that finds no room may wait a moment for it; once that was in vain, the
 * next are lost at once for a while, so that a dead reader costs next to
 * nothing. A reader that was started anew is found again. Any thread may call.
 */
#ifndef BASE_DATAGRAM_H
#define BASE_DATAGRAM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct datagram {
	const char *path;	/* of the socket; must live on */
	int fd;
	int64_t patient_at;	/* clock_ms(): no waiting before */
	pthread_mutex_t lock;
};

#define DATAGRAM_INIT(to) { .path = (to), .fd = -1, \
	.lock = PTHREAD_MUTEX_INITIALIZER }

/* False: it is lost, with errno. */
bool datagram_send(struct datagram *d, const void *bytes, size_t n);

/* Goes there from now on. */
void datagram_to(struct datagram *d, const char *path);

#endif
