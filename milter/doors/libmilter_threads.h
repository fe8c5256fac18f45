/*
 * libmilter_threads.h - a thread for each session of the MTA, instead of a
 * worker pool
 *
 * libmilter as distributions build it hands the commands of all sessions to a
 * pool of workers, and that pool loses wake-ups: 50 sessions whose MAIL step
 * waits half a second need anything up to twelve. libmilter_threads.c defines
 * the functions of libmilter that start sessions (its worker.c and handler.c);
 * the dynamic linker, or ld with libmilter.a, prefers ours. So each session has
 * its own thread to its end, live sessions are counted, and a stop can let them
 * finish.
 *
 * Where the library differs from the known versions, its pool is used after all
 * and this is logged; then sessions are neither counted nor drained.
 *
 * There is no limit here: the negotiation callback reads
 * libmilter_threads_sessions(). Any thread may call any of these but
 * libmilter_threads_socket().
 */
#ifndef DOORS_LIBMILTER_THREADS_H
#define DOORS_LIBMILTER_THREADS_H

#include <stdint.h>

struct smfi_str;	/* what <libmilter/mfapi.h> calls SMFICTX */

enum libmilter_threads_kind {
	THREADS_NONE,		/* the library has not called us (yet) */
	THREADS_OURS,		/* a thread for each session */
	THREADS_LIBRARY,	/* a library without a pool does it; we count */
	THREADS_POOL,		/* the library's pool, for want of better */
};

/* Certain as soon as the first session negotiates. */
enum libmilter_threads_kind libmilter_threads_kind(void);

/* Sessions that live now, one that just negotiates included. */
unsigned libmilter_threads_sessions(void);

/* Sessions since the start. */
uint64_t libmilter_threads_started(void);

/*
 * The connection to the MTA behind a context, to ask the system about (who
 * is the peer?), never to read, write or close; -1 when not known. In the
 * thread of its session.
 */
int libmilter_threads_socket(const struct smfi_str *ctx);

/*
 * Once nothing listens any more: waits until the last session is gone. At
 * `deadline` (clock_ms()) those that are left lose their connection, so that
 * the MTA does what it does without a filter, and get half a second to end
 * properly. Returns how many lost it.
 */
unsigned libmilter_threads_drain(int64_t deadline);

#endif
