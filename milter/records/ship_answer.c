/* ship_answer - "saywhy ship" tells who asks on this host one record */

#include "records/ship_answer.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sock.h"
#include "base/worker.h"
#include "records/record.h"
#include "records/store.h"

#define QUESTION_MAX 64
#define PATIENCE_MS 1000	/* with who asks, and with the store */
#define IDLE_MS 60000		/* after which the store is left */
#define STOP_MS 250		/* until a stop is noticed */
#define LINE_MAX (8 << 20)

struct ship_answer {
	struct worker worker;
	struct sock_spec spec;
	int fd;
	const char *path;		/* of the store */
	struct store *store;		/* NULL: not connected */
	int64_t used;
};

static void
leave_store(struct ship_answer *a)
{
	store_close(a->store);
	a->store = NULL;
}

/* What is not found may be a fault of the connection. */
static bool
find(struct ship_answer *a, const char *id, struct buf *line)
{
	struct buf ignored = BUF_INIT;

	a->used = clock_ms();
	if (a->store == NULL)
		a->store = store_open_within(a->path, PATIENCE_MS, &ignored);
	buf_free(&ignored);
	if (a->store != NULL && store_get(a->store, id, line))
		return true;
	leave_store(a);
	return false;
}

/* Who asks for what is not there is hung up on. */
static void
answer(struct ship_answer *a, int fd)
{
	int64_t deadline = clock_ms() + PATIENCE_MS;
	struct buf question = BUF_INIT, line = BUF_INIT;
	char id[RECORD_ID_TEXT];

	if (sock_read_line(fd, &question, QUESTION_MAX, deadline) &&
	    record_id_read(question.data, question.len, id) &&
	    find(a, id, &line)) {
		buf_putc(&line, '\n');
		sock_write(fd, line.data, line.len, clock_ms() +
		    PATIENCE_MS);
	}
	buf_free(&question);
	buf_free(&line);
}

static void *
run(void *arg)
{
	struct ship_answer *a = arg;
	int fd;

	while (!worker_wait(&a->worker, 0)) {
		if (a->store != NULL && clock_ms() - a->used > IDLE_MS)
			leave_store(a);
		if (!sock_wait(a->fd, POLLIN, clock_ms() + STOP_MS))
			continue;
		fd = accept4(a->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			continue;
		answer(a, fd);
		close(fd);
	}
	leave_store(a);
	return NULL;
}

/* False: the path is too long for a socket. */
static bool
put_spec(struct sock_spec *spec, const char *state)
{
	memset(spec, 0, sizeof *spec);
	spec->kind = SOCK_KIND_UNIX;
	return snprintf(spec->path, sizeof spec->path, "%s.sock", state) <
	    (int)sizeof spec->path;
}

struct ship_answer *
ship_answer_start(const char *state, const char *store)
{
	struct ship_answer *a = mem_alloc(sizeof *a);
	struct buf errmsg = BUF_INIT;

	a->path = store;
	a->fd = -1;
	if (put_spec(&a->spec, state))
		a->fd = sock_listen(&a->spec, 0600, (gid_t)-1, &errmsg);
	else
		buf_printf(&errmsg, "%s.sock: too long", state);
	if (a->fd >= 0 && worker_start(&a->worker, run, a)) {
		buf_free(&errmsg);
		return a;
	}
	log_warn("saywhy show asks the store itself: %s", a->fd < 0 ?
	    errmsg.data : "no thread to answer it");
	if (a->fd >= 0)
		close(a->fd);
	buf_free(&errmsg);
	free(a);
	return NULL;
}

void
ship_answer_stop(struct ship_answer *a)
{
	if (a == NULL)
		return;
	worker_stop(&a->worker);
	close(a->fd);
	unlink(a->spec.path);
	free(a);
}

bool
ship_answer_get(const char *state, const char *id, struct buf *line)
{
	int64_t deadline = clock_ms() + 2 * PATIENCE_MS;
	struct buf ignored = BUF_INIT;
	struct sock_spec spec;
	size_t before = line->len;
	bool good;
	int fd = -1;

	if (put_spec(&spec, state))
		fd = sock_connect(&spec, deadline, &ignored);
	buf_free(&ignored);
	if (fd < 0)
		return false;
	good = sock_write(fd, id, strlen(id), deadline) &&
	    sock_write(fd, "\n", 1, deadline) &&
	    sock_read_line(fd, line, LINE_MAX, deadline) && line->len > before;
	close(fd);
	if (!good)
		buf_cut(line, before);
	return good;
}
