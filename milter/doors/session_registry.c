/*
 * session_registry - which session of the milter a question at another door is
 * about
 */

#include "doors/session_registry.h"

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/net.h"
#include "model/session.h"

#define BUCKETS 1024

struct registered {
	LIST_ENTRY(registered) link;
	enum registry_door door;
	int fd;
	pid_t pid;
	struct engine *engine;
	/* somebody works on the engine; under `guard` */
	bool busy;
	pthread_mutex_t guard;
	pthread_cond_t idle;
	/* between registry_find() and registry_release() */
	unsigned users;
	/* connection and greeting; under `lock` */
	struct session published;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t left = PTHREAD_COND_INITIALIZER;
static LIST_HEAD(bucket, registered) buckets[BUCKETS];

static struct bucket *
bucket_of(pid_t pid)
{
	return &buckets[(size_t)pid % BUCKETS];
}

pid_t
registry_peer(int fd)
{
#ifdef SO_PEERCRED
	struct ucred cred;
	socklen_t n = sizeof cred;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) == 0)
		return cred.pid;
#endif
	(void)fd;
	return 0;
}

struct registered *
registry_open(enum registry_door door, int fd, struct engine *e)
{
	struct registered *j = mem_alloc(sizeof *j);
	pid_t pid = fd >= 0 ? registry_peer(fd) : 0;

	j->door = door;
	j->fd = fd;
	j->pid = pid;
	j->engine = e;
	session_init(&j->published);
	pthread_mutex_init(&j->guard, NULL);
	pthread_cond_init(&j->idle, NULL);
	pthread_mutex_lock(&lock);
	LIST_INSERT_HEAD(bucket_of(pid), j, link);
	pthread_mutex_unlock(&lock);
	return j;
}

void
registry_close(struct registered *j)
{
	if (j == NULL)
		return;
	pthread_mutex_lock(&lock);
	LIST_REMOVE(j, link);
	while (j->users > 0)
		pthread_cond_wait(&left, &lock);
	pthread_mutex_unlock(&lock);
	pthread_cond_destroy(&j->idle);
	pthread_mutex_destroy(&j->guard);
	session_free(&j->published);
	free(j);
}

/* False: it is busy until then. */
static bool
take(struct registered *j, int64_t deadline)
{
	bool taken;

	pthread_mutex_lock(&j->guard);
	while (j->busy && clock_left(deadline) > 0)
		clock_wait(&j->idle, &j->guard, deadline);
	taken = !j->busy;
	j->busy = true;
	pthread_mutex_unlock(&j->guard);
	return taken;
}

void
registry_lock(struct registered *j)
{
	pthread_mutex_lock(&j->guard);
	while (j->busy)
		pthread_cond_wait(&j->idle, &j->guard);
	j->busy = true;
	pthread_mutex_unlock(&j->guard);
}

void
registry_unlock(struct registered *j)
{
	pthread_mutex_lock(&j->guard);
	j->busy = false;
	pthread_cond_signal(&j->idle);
	pthread_mutex_unlock(&j->guard);
}

/* Of several connections of a process the one that was asked last. */
static void
move_to_front(struct registered *j)
{
	pthread_mutex_lock(&lock);
	LIST_REMOVE(j, link);
	LIST_INSERT_HEAD(bucket_of(j->pid), j, link);
	pthread_mutex_unlock(&lock);
}

struct engine *
registry_engine(struct registered *j, struct engine *e)
{
	struct engine *old = j->engine;

	j->engine = e;
	if (e != NULL)
		move_to_front(j);
	return old;
}

pid_t
registry_pid(const struct registered *j)
{
	return j->pid;
}

int
registry_socket(const struct registered *j)
{
	return j->fd;
}

/* The MTA has hung up, and the session's thread does not know yet. */
static bool
is_over(const struct registered *j)
{
	struct pollfd p = { .fd = j->fd, .events = POLLRDHUP };

	return poll(&p, 1, 0) > 0 &&
	    (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

/* It still has events to read, so what it knows is out of date. */
static bool
is_behind(const struct registered *j)
{
	struct pollfd p = { .fd = j->fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

/*
 * The one connection of this process, or NULL. smtpd(8) has one to the policy
 * service for each list that asks it: then it is the one that was asked last.
 * Under `lock`.
 */
static struct registered *
find(enum registry_door door, pid_t pid)
{
	struct registered *j, *found = NULL;

	LIST_FOREACH(j, bucket_of(pid), link) {
		if (j->pid != pid || j->door != door || is_over(j))
			continue;
		if (found != NULL)
			return NULL;
		found = j;
		if (door == REGISTRY_POLICY)
			break;
	}
	return found;
}

bool
registry_serves(pid_t pid)
{
	struct registered *j;
	bool found = false;

	pthread_mutex_lock(&lock);
	LIST_FOREACH(j, bucket_of(pid), link)
		found |= j->pid == pid && j->door == REGISTRY_MILTER &&
		    !is_over(j);
	pthread_mutex_unlock(&lock);
	return found;
}

void
registry_publish(struct registered *j, const struct session *s)
{
	pthread_mutex_lock(&lock);
	session_copy_greeting(&j->published, s);
	pthread_mutex_unlock(&lock);
}

bool
registry_snapshot(pid_t pid, struct session *s)
{
	const struct registered *j;

	pthread_mutex_lock(&lock);
	j = pid > 0 ? find(REGISTRY_MILTER, pid) : NULL;
	if (j != NULL)
		session_copy_greeting(s, &j->published);
	pthread_mutex_unlock(&lock);
	return j != NULL;
}

static void
let_go(struct registered *j)
{
	pthread_mutex_lock(&lock);
	if (--j->users == 0)
		pthread_cond_broadcast(&left);
	pthread_mutex_unlock(&lock);
}

void
registry_release(struct registered *j)
{
	registry_unlock(j);
	let_go(j);
}

struct engine *
registry_find(enum registry_door door, pid_t pid, int64_t deadline,
    struct registered **registered)
{
	struct registered *j;

	if (pid <= 0)
		return NULL;
	pthread_mutex_lock(&lock);
	j = find(door, pid);
	if (j != NULL && is_behind(j))
		j = NULL;
	if (j != NULL)
		j->users++;
	pthread_mutex_unlock(&lock);
	if (j == NULL)
		return NULL;
	if (!take(j, deadline)) {
		let_go(j);
		return NULL;
	}
	if (j->engine == NULL) {
		registry_release(j);
		return NULL;
	}
	*registered = j;
	return j->engine;
}

/* Where the other end of a TCP connection is. */
static struct ip
host_of(int fd)
{
	struct sockaddr_storage from;
	socklen_t n = sizeof from;

	if (fd < 0 || getpeername(fd, (void *)&from, &n) != 0)
		return (struct ip){ .known = false };
	return ip_from_sockaddr((const void *)&from);
}

static bool
is_from(const struct registered *j, const struct ip *host)
{
	struct ip from = host_of(j->fd);

	return host->known && from.known && ip_equal(&from, host);
}

/*
 * Busy sessions are skipped: they are handling an event, and no reply of theirs
 * is about to leave. Whether a session has an engine is known once it is taken:
 * a moment before, its thread may have taken that away.
 */
struct engine *
registry_find_by_words(int fd, registry_matches *matches, const void *arg,
    struct registered **registered)
{
	struct ip host = host_of(fd);
	struct registered *j, *found = NULL;
	int n = 0;

	pthread_mutex_lock(&lock);
	LIST_FOREACH(j, bucket_of(0), link) {
		if (j->pid != 0 || !is_from(j, &host) || !take(j, 0))
			continue;
		if (j->engine != NULL && matches(j->engine, arg) && ++n == 1)
			found = j;
		else
			registry_unlock(j);
	}
	if (n > 1) {
		registry_unlock(found);
		found = NULL;
	}
	if (found != NULL)
		found->users++;
	pthread_mutex_unlock(&lock);
	*registered = found;
	return found != NULL ? found->engine : NULL;
}

void
registry_each(void (*fn)(struct engine *e, int64_t now), int64_t now)
{
	struct registered *j;
	size_t i;

	pthread_mutex_lock(&lock);
	for (i = 0; i < BUCKETS; i++)
		LIST_FOREACH(j, &buckets[i], link)
			if (take(j, 0)) {
				if (j->engine != NULL)
					fn(j->engine, now);
				registry_unlock(j);
			}
	pthread_mutex_unlock(&lock);
}
