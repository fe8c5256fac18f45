/* counter_link_hiredis - commands to Valkey or Redis, answers with bounds */

#include "counters/counter_link.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <hiredis/hiredis.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/sock.h"

/* Of an answer; what has no end would be there at every look. */
#define ANSWER_MAX 16384
#define ELEMENTS_MAX 1024

#if HIREDIS_MAJOR < 1
typedef int array_size;
#else
typedef size_t array_size;
#endif

/* How a reader makes what it has read; those of the library, but for one. */
static redisReplyObjectFunctions making;
static __typeof__(making.createArray) make_array;

/* The library believes an array's head, and makes room for all of it. */
static void *
make_small_array(const redisReadTask *task, array_size n)
{
	return n <= ELEMENTS_MAX ? make_array(task, n) : NULL;
}

static void
bound_arrays(void)
{
	redisReader *r = redisReaderCreate();

	if (r == NULL)
		mem_gone();
	making = *r->fn;
	make_array = making.createArray;
	making.createArray = make_small_array;
	redisReaderFree(r);
}

redisContext *
counter_link_of(int fd)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	redisContext *c = redisConnectFd(fd);

	pthread_once(&once, bound_arrays);
	if (c == NULL) {
		close(fd);
		return NULL;
	}
	/* It is we who wait, for as long as we like. */
	c->flags &= ~REDIS_BLOCK;
	c->reader->fn = &making;
	return c;
}

redisContext *
counter_link_open(const struct sock_spec *spec, int64_t deadline)
{
	struct buf errmsg = BUF_INIT;
	int fd = sock_connect(spec, deadline, &errmsg);

	buf_free(&errmsg);
	return fd >= 0 ? counter_link_of(fd) : NULL;
}

/* What has come. False: nothing will any more, or it is too much. */
static bool
read_some(redisContext *c, size_t *total)
{
	char bytes[ANSWER_MAX];
	ssize_t n = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	*total += (size_t)n;
	return n > 0 && *total <= ANSWER_MAX &&
	    redisReaderFeed(c->reader, bytes, (size_t)n) == REDIS_OK;
}

redisReply *
counter_link_answer(redisContext *c, int64_t deadline)
{
	void *r = NULL;
	size_t total = 0;
	int done = 0;

	while (!done)
		if (redisBufferWrite(c, &done) != REDIS_OK ||
		    (!done && !sock_wait(c->fd, POLLOUT, deadline)))
			return NULL;
	while (redisGetReplyFromReader(c, &r) == REDIS_OK && r == NULL)
		if (!sock_wait(c->fd, POLLIN, deadline) ||
		    !read_some(c, &total))
			return NULL;
	return r;
}

redisReply *
counter_link_ask(redisContext *c, int64_t deadline, const char *format, ...)
{
	va_list ap;
	int appended;

	va_start(ap, format);
	appended = redisvAppendCommand(c, format, ap);
	va_end(ap);
	return appended == REDIS_OK ? counter_link_answer(c, deadline) : NULL;
}

bool
counter_link_good(redisReply *r)
{
	bool good = r != NULL && r->type != REDIS_REPLY_ERROR;

	if (r != NULL)
		freeReplyObject(r);
	return good;
}
