/* server - one thread that answers many peers from memory */

#include "doors/server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "doors/session_registry.h"

#define READ_SIZE 16384
#define POLL_MS 250	/* for peers whose time is over */
#define REST_MS 100		/* when descriptors have run out */
#define PEERS_MAX 20000

struct peer {
	int fd;
	struct server_peer who;
	struct buf in, out;
	size_t sent;		/* of out */
	int64_t since;		/* clock_ms() of what is unfinished; 0: none */
	int64_t last_read;		/* of the last that came from it */
};

struct server {
	const struct server_kind *kind;
	void *arg;
	int listening;
	int wake[2];		/* descriptors in it are adopted; -1 ends
				   the thread */
	pthread_t thread;
	struct peer *peers;
	size_t n, cap;
	struct pollfd *polled;	/* wake, listening, then the peers */
	size_t polled_cap;
	int64_t rest_until;	/* no accept() before */
	atomic_bool retires;
};

static void
add_peer(struct server *s, int fd)
{
	struct peer *p;

	s->peers = mem_room(s->peers, s->n, &s->cap, sizeof *s->peers);
	p = &s->peers[s->n++];
	*p = (struct peer){ .fd = fd, .in = BUF_INIT, .out = BUF_INIT,
		.last_read = clock_ms(),
		.who = { .pid = registry_peer(fd), .fd = fd } };
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_SETFL, O_NONBLOCK);
}

static void
accept_peers(struct server *s)
{
	int fd;

	while (s->n < PEERS_MAX) {
		fd = accept(s->listening, NULL, NULL);
		if (fd < 0) {
			if (errno == EMFILE || errno == ENFILE)
				s->rest_until = clock_ms() + REST_MS;
			return;
		}
		if (s->kind->is_elsewhere != NULL &&
		    s->kind->is_elsewhere(fd))
			close(fd);
		else
			add_peer(s, fd);
	}
}

/* What was passed to us. False: the thread is to end. */
static bool
adopt_peer(struct server *s)
{
	int fd;

	if (read(s->wake[0], &fd, sizeof fd) != (ssize_t)sizeof fd)
		return true;
	if (fd >= 0)
		add_peer(s, fd);
	return fd >= 0;
}

static void
forget_peer(struct server *s, size_t i)
{
	struct peer *p = &s->peers[i];

	close(p->fd);
	buf_free(&p->in);
	buf_free(&p->out);
	*p = s->peers[--s->n];
}

/* Removes n bytes from the front. */
static void
consume(struct buf *b, size_t n)
{
	memmove(b->data, b->data + n, b->len - n);
	buf_cut(b, b->len - n);
}

/* False: what came is no request. */
static bool
answer_all(struct server *s, struct peer *p)
{
	size_t done = 0, n;

	while (done < p->in.len) {
		n = s->kind->answer(s->arg, &p->who, p->in.data + done,
		    p->in.len - done, &p->out);
		if (n == SERVER_CLOSE)
			return false;
		if (n == 0)
			break;
		done += n;
	}
	if (done > 0)
		consume(&p->in, done);
	return p->in.len <= s->kind->max;
}

/* False: the peer is gone. */
static bool
read_more(struct peer *p)
{
	char bytes[READ_SIZE];
	ssize_t n = recv(p->fd, bytes, sizeof bytes, 0);

	if (n > 0)
		buf_put(&p->in, bytes, (size_t)n);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool
write_more(struct peer *p)
{
	ssize_t n;

	if (p->sent == p->out.len)
		return true;
	n = send(p->fd, p->out.data + p->sent, p->out.len - p->sent,
	    MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	p->sent += (size_t)n;
	if (p->sent == p->out.len) {
		buf_clear(&p->out);
		p->sent = 0;
	}
	return true;
}

/* False: close the connection. */
static bool
serve(struct server *s, struct peer *p, short events, int64_t now)
{
	if ((events & (POLLIN | POLLHUP | POLLERR)) != 0 &&
	    p->sent == p->out.len) {
		p->last_read = now;
		if (!read_more(p))
			return false;
		if (!answer_all(s, p))
			return false;
	}
	if (!write_more(p))
		return false;
	if (p->in.len == 0 && p->out.len == 0)
		p->since = 0;
	else if (p->since == 0)
		p->since = now;
	return true;
}

/* What its owner asks next is about a session of another process. */
static bool
is_given_back(const struct server *s, const struct peer *p)
{
	return atomic_load(&s->retires) && p->since == 0 &&
	    s->kind->is_taken_back != NULL && p->who.pid > 0 &&
	    !registry_serves(p->who.pid) && s->kind->is_taken_back(p->fd);
}

static bool
is_overdue(const struct server *s, const struct peer *p, int64_t now)
{
	if (p->since != 0)
		return now - p->since > s->kind->patience;
	if (atomic_load(&s->retires) && !registry_serves(p->who.pid))
		return true;
	return s->kind->silence > 0 && now - p->last_read > s->kind->silence;
}

static size_t
fill_polled(struct server *s)
{
	bool full = s->n >= PEERS_MAX || clock_ms() < s->rest_until ||
	    atomic_load(&s->retires);
	size_t i;

	if (s->polled_cap < s->n + 2) {
		s->polled_cap = 2 * s->n + 16;
		s->polled = mem_resize(s->polled, s->polled_cap,
		    sizeof *s->polled);
	}
	s->polled[0] = (struct pollfd){ .fd = s->wake[0], .events = POLLIN };
	s->polled[1] = (struct pollfd){ .fd = full ? -1 : s->listening,
		.events = POLLIN };
	for (i = 0; i < s->n; i++)
		s->polled[i + 2] = (struct pollfd){ .fd = s->peers[i].fd,
			.events = s->peers[i].out.len > 0 ? POLLOUT :
			POLLIN };
	return s->n + 2;
}

/* From the last to the first: a forgotten one is replaced by the last. */
static void
serve_peers(struct server *s)
{
	int64_t now = clock_ms();
	struct peer *p;
	short events;
	size_t i;

	for (i = s->n; i-- > 0;) {
		p = &s->peers[i];
		events = s->polled[i + 2].revents;
		if (is_given_back(s, p) ||
		    (events != 0 && !serve(s, p, events, now)) ||
		    is_overdue(s, p, now))
			forget_peer(s, i);
	}
}

static void *
run(void *arg)
{
	struct server *s = arg;
	int64_t next = 0;
	size_t n;

	for (;;) {
		if (s->kind->tick != NULL && clock_ms() >= next) {
			s->kind->tick(s->arg);
			next = clock_ms() + POLL_MS;
		}
		n = fill_polled(s);
		if (poll(s->polled, (nfds_t)n, POLL_MS) < 0 &&
		    errno != EINTR)
			log_error("%s: poll: %s", s->kind->name,
			    strerror(errno));
		serve_peers(s);
		if (s->polled[1].revents != 0)
			accept_peers(s);
		if (s->polled[0].revents != 0 && !adopt_peer(s))
			return NULL;
	}
}

static void
server_free(struct server *s)
{
	while (s->n > 0)
		forget_peer(s, s->n - 1);
	close(s->listening);
	close(s->wake[0]);
	close(s->wake[1]);
	free(s->peers);
	free(s->polled);
	free(s);
}

struct server *
server_start(int fd, const struct server_kind *kind, void *arg)
{
	struct server *s = mem_alloc(sizeof *s);
	int error;

	s->kind = kind;
	s->arg = arg;
	s->listening = fd;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (pipe2(s->wake, O_CLOEXEC) != 0) {
		log_error("%s: pipe: %s", kind->name, strerror(errno));
		close(fd);
		free(s);
		return NULL;
	}
	error = pthread_create(&s->thread, NULL, run, s);
	if (error != 0) {
		log_error("%s: pthread_create: %s", kind->name,
		    strerror(error));
		server_free(s);
		return NULL;
	}
	return s;
}

void
server_stop(struct server *s)
{
	static const int end = -1;

	if (s == NULL)
		return;
	(void)!write(s->wake[1], &end, sizeof end);
	pthread_join(s->thread, NULL);
	server_free(s);
}

void
server_adopt(struct server *s, int fd)
{
	if (write(s->wake[1], &fd, sizeof fd) != (ssize_t)sizeof fd)
		close(fd);
}

void
server_retire(struct server *s)
{
	if (s != NULL)
		atomic_store(&s->retires, true);
}
