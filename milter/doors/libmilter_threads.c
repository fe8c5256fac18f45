/*
 * libmilter_threads - a thread for each session of the MTA, instead of a worker
 * pool
 */

#include "doors/libmilter_threads.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"
#include "doors/libmilter_socket.h"

/*
 * Enough for every check and for the libraries behind them (PCRE2 brings its
 * own stack). glibc keeps 40 MB of stacks for the next threads, so small
 * ones make a new session cheap. Only touched pages count as memory.
 */
#define STACK_SIZE ((size_t)256 * 1024)

#define POLL_MS 10	/* whether the last session is gone */
#define FAREWELL_MS 500		/* for callbacks of sessions that were cut */

/* What libmilter's functions return; libmilter/mfapi.h. */
enum { MI_DONE = 0, MI_FAILED = -1, MI_AGAIN = 1 };

/*
 * How a context begins: struct smfi_str in libmilter/libmilter.h of Sendmail
 * 8.14 to 8.18. context_is_as_known() holds each one against this.
 */
struct context {
	pthread_t thread;	/* set only where there is no pool */
	int socket;
	int debug;
	time_t timeout;		/* seconds, smfi_settimeout() */
	int state;
};

struct session {
	LIST_ENTRY(session) link;
	struct smfi_str *ctx;
	int shown;		/* the library's descriptor */
	int socket;		/* the connection itself */
	int64_t timeout;	/* ms */
};

/* Ours to call; libmilter/libmilter.h. */
extern int mi_engine(struct smfi_str *ctx);
extern void mi_clr_ctx(struct smfi_str *ctx);

/* Ours to define: all that libmilter/worker.c and handler.c export. */
int mi_pool_controller_init(void);
int mi_start_session(struct smfi_str *ctx);
int mi_handle_session(struct smfi_str *ctx);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static LIST_HEAD(, session) live = LIST_HEAD_INITIALIZER(live);
static atomic_uint n_live;
static atomic_ullong n_started;
static atomic_int kind;	/* enum libmilter_threads_kind */

static bool
context_is_as_known(const struct smfi_str *ctx)
{
	const struct context *c = (const void *)ctx;
	socklen_t len = sizeof(int);
	int type = 0;

	return c->state == 0 && c->timeout > 0 && c->timeout < INT32_MAX &&
	    getsockopt(c->socket, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	    type == SOCK_STREAM;
}

static struct session *
session_new(struct smfi_str *ctx)
{
	const struct context *c = (const void *)ctx;
	struct session *s = mem_alloc(sizeof *s);

	s->ctx = ctx;
	s->shown = s->socket = c->socket;
	s->timeout = (int64_t)c->timeout * 1000;
	atomic_fetch_add(&n_started, 1);
	atomic_fetch_add(&n_live, 1);
	pthread_mutex_lock(&lock);
	LIST_INSERT_HEAD(&live, s, link);
	pthread_mutex_unlock(&lock);
	return s;
}

/* For those that cut it. */
static void
session_move(struct session *s, int socket)
{
	pthread_mutex_lock(&lock);
	s->socket = socket;
	pthread_mutex_unlock(&lock);
}

/* Off the list before its socket closes, counted until all of it is gone. */
static void
session_leave(struct session *s)
{
	pthread_mutex_lock(&lock);
	LIST_REMOVE(s, link);
	pthread_mutex_unlock(&lock);
	mi_clr_ctx(s->ctx);
}

static void
session_free(struct session *s)
{
	free(s);
	atomic_fetch_sub(&n_live, 1);
}

/* Too late looks to mi_engine() as if the MTA had hung up. */
static void
session_wait(const struct session *s)
{
	int64_t deadline = clock_ms() + s->timeout;

	if (!libmilter_socket_wait(s->shown, POLLIN, deadline))
		shutdown(s->socket, SHUT_RDWR);
}

/*
 * mi_engine() comes back with MI_AGAIN after a millisecond of silence, when its
 * descriptor is the connection's own.
 */
static void *
session_run(void *arg)
{
	struct libmilter_socket socket;
	struct session *s = arg;

	libmilter_socket_begin(&socket, s->shown);
	session_move(s, socket.fd);
	while (mi_engine(s->ctx) == MI_AGAIN)
		session_wait(s);
	session_leave(s);
	libmilter_socket_end(&socket);
	session_free(s);
	return NULL;
}

/* The functions that ours hide: libmilter.so has them, libmilter.a not. */
static int
pool_start(void)
{
	int (*start)(void);

	*(void **)&start = dlsym(RTLD_NEXT, "mi_pool_controller_init");
	if (start == NULL) {
		log_error("this libmilter is not as known, and has no pool");
		return MI_FAILED;
	}
	log_warn("this libmilter is not as known: using its own pool, in "
	    "which sessions may wait, and which a stop does not drain");
	atomic_store(&kind, THREADS_POOL);
	return start();
}

static int
pool_session(struct smfi_str *ctx)
{
	int (*start)(struct smfi_str *);

	*(void **)&start = dlsym(RTLD_NEXT, "mi_start_session");
	return start == NULL ? MI_FAILED : start(ctx);
}

int
mi_pool_controller_init(void)
{
	atomic_store(&kind, THREADS_OURS);
	return MI_DONE;
}

/*
 * A failure returned to the library makes it sleep, and after 16 of them
 * end; so without a thread just this session ends, and the MTA defers.
 */
int
mi_start_session(struct smfi_str *ctx)
{
	struct session *s;

	if (libmilter_threads_kind() == THREADS_OURS &&
	    !context_is_as_known(ctx) && pool_start() != MI_DONE)
		return MI_FAILED;
	if (libmilter_threads_kind() == THREADS_POOL)
		return pool_session(ctx);
	s = session_new(ctx);
	if (!thread_detached("session", session_run, s, STACK_SIZE)) {
		session_leave(s);
		session_free(s);
	}
	return MI_DONE;
}

/* A libmilter without a pool calls this in a new thread. */
int
mi_handle_session(struct smfi_str *ctx)
{
	atomic_store(&kind, THREADS_LIBRARY);
	pthread_detach(pthread_self());
	session_run(session_new(ctx));
	return MI_DONE;
}

static void
wait_for_last(int64_t deadline)
{
	while (libmilter_threads_sessions() > 0 && clock_left(deadline) > 0)
		poll(NULL, 0, POLL_MS);
}

unsigned
libmilter_threads_drain(int64_t deadline)
{
	struct session *s;
	unsigned cut = 0;

	wait_for_last(deadline);
	pthread_mutex_lock(&lock);
	LIST_FOREACH(s, &live, link) {
		shutdown(s->socket, SHUT_RDWR);
		cut++;
	}
	pthread_mutex_unlock(&lock);
	wait_for_last(clock_ms() + FAREWELL_MS);
	return cut;
}

unsigned
libmilter_threads_sessions(void)
{
	return atomic_load(&n_live);
}

uint64_t
libmilter_threads_started(void)
{
	return atomic_load(&n_started);
}

enum libmilter_threads_kind
libmilter_threads_kind(void)
{
	return (enum libmilter_threads_kind)atomic_load(&kind);
}

int
libmilter_threads_socket(const struct smfi_str *ctx)
{
	const struct context *c = (const void *)ctx;

	switch (libmilter_threads_kind()) {
	case THREADS_OURS:
	case THREADS_LIBRARY:
		return libmilter_socket_of(c->socket);
	case THREADS_NONE:
	case THREADS_POOL:
		break;
	}
	return -1;
}
