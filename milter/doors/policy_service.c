/* policy_service - Postfix's policy service: queries before the MTA decides */

#include "doors/policy_service.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/handover.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sock.h"
#include "base/thread.h"
#include "doors/other_process.h"
#include "doors/policy_service_answer.h"
#include "doors/session_registry.h"
#include "engine/ruleset.h"

#define STACK_SIZE ((size_t)256 * 1024)
#define READ_SIZE 8192
#define PATIENCE_MS 5000	/* for half a request, an unread answer */
#define SILENCE_MS 600000	/* Postfix closes one after 300 seconds */
#define REST_MS 100		/* when descriptors have run out */
#define FAREWELL_MS 500

/* One connection of the MTA, a thread of its own. */
struct asker {
	LIST_ENTRY(asker) link;
	int fd;
	struct registered *registered;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gone = PTHREAD_COND_INITIALIZER;
static LIST_HEAD(, asker) askers = LIST_HEAD_INITIALIZER(askers);

static struct {
	int fd;
	char *path;		/* of the socket, to be removed; or NULL */
	int wake[2];		/* a byte in it ends the listening thread */
	bool listens;
	atomic_bool retired;	/* listens no more; the byte stays */
	pthread_t thread;
	struct recorder *recorder;
	unsigned n;		/* askers, under the lock */
} self = { .fd = -1 };

static struct {
	atomic_ullong queries, refused, dropped;
} counts;

/* What its owner asks next is about a session of another process, if any. */
static bool
is_over_here(const struct asker *a)
{
	return atomic_load(&self.retired) &&
	    !registry_serves(registry_pid(a->registered));
}

/*
 * Waits for the first bytes of a question. What was sent before we retired is
 * answered. False: there are none.
 */
static bool
wait_for_question(const struct asker *a)
{
	struct pollfd p[2] = { { .fd = a->fd, .events = POLLIN },
		{ .fd = self.wake[0], .events = POLLIN } };
	bool retired, over;
	int ready;

	do {
		retired = atomic_load(&self.retired);
		over = is_over_here(a);
		if (over && other_process_takes_back(OTHER_POLICY, a->fd))
			return false;
		ready = poll(p, retired ? 1 : 2, over ? 0 : retired ? REST_MS :
		    SILENCE_MS);
	} while (p[0].revents == 0 && ((ready < 0 && errno == EINTR) ||
	    ready > 0 || (retired && !over)));
	return p[0].revents != 0;
}

/*
 * Waits for more of a question: long for its beginning, for the rest until
 * `deadline` (clock_ms()). False: no more.
 */
static bool
read_more(const struct asker *a, struct buf *in, int64_t deadline)
{
	char bytes[READ_SIZE];
	ssize_t n;

	if (in->len > 0 ? !sock_wait(a->fd, POLLIN, deadline) :
	    !wait_for_question(a))
		return false;
	n = recv(a->fd, bytes, sizeof bytes, 0);
	if (n > 0)
		buf_put(in, bytes, (size_t)n);
	return n > 0;
}

static void
count(enum policy_word word)
{
	counts.queries += word == POLICY_NOTHING || word == POLICY_REFUSED;
	counts.refused += word == POLICY_REFUSED;
	counts.dropped += word == POLICY_CLOSE;
}

/*
 * Answers the first request that has arrived. POLICY_CLOSE: close the
 * connection. A refusal that could not be delivered was none.
 */
static enum policy_word
answer_one(struct asker *a, struct buf *in)
{
	struct buf out = BUF_INIT;
	size_t n = 0;
	enum policy_word word = policy_service_answer(a->registered,
	    self.recorder, in->data, in->len, &n, &out);

	count(word);
	if (n > 0) {
		memmove(in->data, in->data + n, in->len - n);
		buf_cut(in, in->len - n);
	}
	if (out.len > 0 && !sock_write(a->fd, out.data, out.len,
	    clock_ms() + PATIENCE_MS)) {
		policy_service_answer_undelivered(a->registered);
		word = POLICY_CLOSE;
	} else if (word == POLICY_MORE && in->len > POLICY_MAX)
		word = POLICY_CLOSE;
	buf_free(&out);
	return word;
}

static void
serve(struct asker *a)
{
	struct buf in = BUF_INIT;
	enum policy_word word = POLICY_NOTHING;
	int64_t deadline = 0;

	while (word != POLICY_CLOSE && read_more(a, &in, deadline)) {
		if (word != POLICY_MORE)
			deadline = clock_ms() + PATIENCE_MS;
		do
			word = answer_one(a, &in);
		while (in.len > 0 && word != POLICY_CLOSE &&
		    word != POLICY_MORE);
	}
	buf_free(&in);
}

static void
asker_free(struct asker *a)
{
	policy_service_answer_end(a->registered);
	pthread_mutex_lock(&lock);
	LIST_REMOVE(a, link);
	close(a->fd);
	self.n--;
	pthread_cond_broadcast(&gone);
	pthread_mutex_unlock(&lock);
	free(a);
}

static void *
asker_run(void *arg)
{
	struct asker *a = arg;

	serve(a);
	asker_free(a);
	return NULL;
}

static void
asker_new(int fd)
{
	struct asker *a = mem_alloc(sizeof *a);

	a->fd = fd;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	a->registered = registry_open(REGISTRY_POLICY, fd, NULL);
	pthread_mutex_lock(&lock);
	LIST_INSERT_HEAD(&askers, a, link);
	self.n++;
	pthread_mutex_unlock(&lock);
	if (!thread_detached("policy service", asker_run, a, STACK_SIZE))
		asker_free(a);
}

static bool
is_full(void)
{
	struct ruleset *rules = ruleset_current();
	bool full;

	pthread_mutex_lock(&lock);
	full = (long long)self.n >= rules->daemon.max_sessions;
	pthread_mutex_unlock(&lock);
	ruleset_release(rules);
	return full;
}

static void
accept_asker(void)
{
	int fd = accept(self.fd, NULL, NULL);

	if (fd < 0 && (errno == EMFILE || errno == ENFILE))
		poll(NULL, 0, REST_MS);
	if (fd < 0)
		return;
	if (is_full()) {
		counts.dropped++;
		close(fd);
	} else if (other_process_has(OTHER_POLICY, fd))
		close(fd);
	else
		asker_new(fd);
}

static void *
listen_run(void *arg)
{
	struct pollfd p[2] = { { .fd = self.wake[0], .events = POLLIN },
		{ .fd = self.fd, .events = POLLIN } };

	(void)arg;
	for (;;) {
		if (poll(p, 2, -1) < 0) {
			if (errno != EINTR)
				log_error("policy service: poll: %s",
				    strerror(errno));
			poll(NULL, 0, REST_MS);
			continue;
		}
		if (p[0].revents != 0)
			return NULL;
		if (p[1].revents != 0)
			accept_asker();
	}
}

bool
policy_service_open(const char *spec, mode_t mode, gid_t gid,
    struct buf *errmsg)
{
	struct sock_spec opened;

	if (spec == NULL)
		return true;
	self.fd = sock_listen_text(spec, mode, gid, &opened, errmsg);
	mem_replace(&self.path, sock_spec_path(&opened));
	return self.fd >= 0;
}

bool
policy_service_start(struct recorder *recorder)
{
	int error;

	self.recorder = recorder;
	if (self.fd < 0)
		return true;
	if (pipe2(self.wake, O_CLOEXEC) != 0) {
		log_error("policy service: pipe: %s", strerror(errno));
		return false;
	}
	error = pthread_create(&self.thread, NULL, listen_run, NULL);
	if (error != 0)
		log_error("policy service: pthread_create: %s",
		    strerror(error));
	self.listens = error == 0;
	return self.listens;
}

/*
 * Shuts down every connection and waits a moment; true: all threads have ended.
 */
static bool
end_askers(void)
{
	bool gone_all;
	int64_t until = clock_ms() + FAREWELL_MS;
	struct asker *a;

	pthread_mutex_lock(&lock);
	LIST_FOREACH(a, &askers, link)
		shutdown(a->fd, SHUT_RDWR);
	while (self.n > 0 && clock_wait(&gone, &lock, until))
		;
	gone_all = self.n == 0;
	pthread_mutex_unlock(&lock);
	return gone_all;
}

static void
listen_no_more(void)
{
	if (!self.listens)
		return;
	atomic_store(&self.retired, true);
	(void)!write(self.wake[1], "", 1);
	pthread_join(self.thread, NULL);
	self.listens = false;
}

void
policy_service_adopt(int fd)
{
	if (self.fd >= 0)
		asker_new(fd);
	else
		close(fd);
}

void
policy_service_retire(void)
{
	listen_no_more();
}

bool
policy_service_stop(void)
{
	bool quiet = true;

	listen_no_more();
	if (atomic_load(&self.retired))
		quiet = end_askers();
	if (self.fd >= 0)
		close(self.fd);
	self.fd = -1;
	handover_remove(&self.path);
	return quiet;
}

struct policy_service_counts
policy_service_counts(void)
{
	return (struct policy_service_counts){ .queries = counts.queries,
		.refused = counts.refused, .dropped = counts.dropped };
}
