/* doors_session_registry_test - who asks, and about which session */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "doors/session_registry.h"
#include "model/session.h"

/* Engines are never looked into here. */
static struct engine *const one = (struct engine *)0x10;
static struct engine *const other = (struct engine *)0x20;

struct peer {
	int ours, theirs;
	struct registered *registered;
};

static struct peer
connect_peer(enum registry_door door, struct engine *e)
{
	struct peer p;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	p.ours = ends[0];
	p.theirs = ends[1];
	p.registered = registry_open(door, p.ours, e);
	return p;
}

static void
hang_up(struct peer *p)
{
	if (p->theirs >= 0)
		close(p->theirs);
	p->theirs = -1;
}

static void
close_peer(struct peer *p)
{
	registry_close(p->registered);
	hang_up(p);
	close(p->ours);
}

static struct engine *
find(enum registry_door door)
{
	struct registered *j;
	struct engine *e = registry_find(door, getpid(), clock_ms() + 5, &j);

	if (e != NULL)
		registry_release(j);
	return e;
}

static void
test_by_process(void **state)
{
	struct peer p = connect_peer(REGISTRY_MILTER, one);

	(void)state;
	assert_int_equal(registry_pid(p.registered), getpid());
	assert_ptr_equal(find(REGISTRY_MILTER), one);
	assert_null(find(REGISTRY_POLICY));
	close_peer(&p);
	assert_null(find(REGISTRY_MILTER));
}

static void
test_each_door_its_own(void **state)
{
	struct peer p = connect_peer(REGISTRY_MILTER, one);
	struct peer q = connect_peer(REGISTRY_POLICY, NULL);

	(void)state;
	assert_null(find(
	    REGISTRY_POLICY));		/* nothing was asked yet */
	registry_lock(q.registered);
	assert_null(registry_engine(q.registered, other));
	registry_unlock(q.registered);
	assert_ptr_equal(find(REGISTRY_POLICY), other);
	assert_ptr_equal(find(REGISTRY_MILTER), one);
	close_peer(&p);
	close_peer(&q);
}

/* A proxy in between: nothing is guessed. */
static void
test_two_of_one_process(void **state)
{
	struct peer p = connect_peer(REGISTRY_MILTER, one);
	struct peer q = connect_peer(REGISTRY_MILTER, other);

	(void)state;
	assert_null(find(REGISTRY_MILTER));
	close_peer(&p);
	assert_ptr_equal(find(REGISTRY_MILTER), other);
	close_peer(&q);
}

/* The next session of one process, and the end of the last not yet noticed. */
static void
test_one_that_hung_up(void **state)
{
	struct peer p = connect_peer(REGISTRY_MILTER, one);
	struct peer q = connect_peer(REGISTRY_MILTER, other);

	(void)state;
	hang_up(&p);
	assert_ptr_equal(find(REGISTRY_MILTER), other);
	hang_up(&q);
	assert_null(find(REGISTRY_MILTER));
	close_peer(&p);
	close_peer(&q);
}

static void
test_unknown_peers(void **state)
{
	struct registered *j = registry_open(REGISTRY_MILTER, -1, one), *found;

	(void)state;
	assert_int_equal(registry_pid(j), 0);
	assert_null(registry_find(REGISTRY_MILTER, 0, clock_ms() + 5, &found));
	assert_null(registry_find(REGISTRY_MILTER, -1, clock_ms() + 5, &found));
	assert_null(registry_find(REGISTRY_MILTER, 1, clock_ms() + 5, &found));
	registry_close(j);
	registry_close(NULL);
}

static void *
ask(void *arg)
{
	struct engine **e = arg;

	*e = find(REGISTRY_MILTER);
	return NULL;
}

/* The session's own thread is at work: not joined, and not waited for. */
static void
test_busy(void **state)
{
	struct peer p = connect_peer(REGISTRY_MILTER, one);
	struct engine *e = other;
	pthread_t thread;

	(void)state;
	registry_lock(p.registered);
	pthread_create(&thread, NULL, ask, &e);
	pthread_join(thread, NULL);
	assert_null(e);
	registry_unlock(p.registered);
	assert_ptr_equal(find(REGISTRY_MILTER), one);
	close_peer(&p);
}

/* A connection over TCP; the system tells nothing of who it is. */
static struct peer
connect_over_tcp(struct engine *e)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;
	int listening = socket(AF_INET, SOCK_STREAM, 0);
	struct peer p = { .theirs = socket(AF_INET, SOCK_STREAM, 0) };

	assert_int_equal(bind(listening, (void *)&at, sizeof at), 0);
	assert_int_equal(listen(listening, 1), 0);
	getsockname(listening, (void *)&at, &n);
	assert_int_equal(connect(p.theirs, (void *)&at, sizeof at), 0);
	p.ours = accept(listening, NULL, NULL);
	close(listening);
	p.registered = registry_open(REGISTRY_MILTER, p.ours, e);
	return p;
}

static bool
matches(const struct engine *e, const void *arg)
{
	return arg == NULL || e == arg;
}

static struct engine *
find_by_words(const struct peer *p, const void *arg)
{
	struct registered *j;
	struct engine *e = registry_find_by_words(p->ours, matches, arg, &j);

	if (e != NULL)
		registry_release(j);
	return e;
}

static void
test_by_words(void **state)
{
	struct peer p = connect_over_tcp(one), q = connect_over_tcp(other);
	struct peer local = connect_peer(REGISTRY_MILTER, one);

	(void)state;
	assert_int_equal(registry_pid(p.registered), 0);
	assert_ptr_equal(find_by_words(&p, one), one);
	assert_ptr_equal(find_by_words(&p, other), other);
	assert_null(find_by_words(&p, &p));
	/* Two that fit: none. */
	assert_null(find_by_words(&p, NULL));
	/* Nobody knows where this one is. */
	assert_null(find_by_words(&local, one));
	registry_lock(p.registered);
	assert_null(find_by_words(&q, one));
	assert_ptr_equal(find_by_words(&q, NULL), other);
	registry_unlock(p.registered);
	close_peer(&p);
	close_peer(&q);
	close_peer(&local);
}

static bool
is_there(const struct engine *e, const void *arg)
{
	atomic_int *without = (atomic_int *)(uintptr_t)arg;

	if (e == NULL)
		atomic_fetch_add(without, 1);
	return false;
}

struct race {
	struct peer peer;
	atomic_bool over;
};

/* As the policy service does it: an engine for a question, and none. */
static void *
come_and_go(void *arg)
{
	struct race *r = arg;
	struct engine *e = NULL;

	while (!atomic_load(&r->over)) {
		e = e == NULL ? one : NULL;
		registry_lock(r->peer.registered);
		registry_engine(r->peer.registered, e);
		registry_unlock(r->peer.registered);
	}
	return NULL;
}

/* Nobody is asked about an engine that has gone meanwhile. */
static void
test_engine_that_goes(void **state)
{
	struct race r = { .peer = connect_over_tcp(one) };
	int64_t until = clock_ms() + 1000;
	atomic_int without = 0;
	struct registered *j;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, come_and_go, &r), 0);
	while (clock_ms() < until && atomic_load(&without) == 0)
		assert_null(registry_find_by_words(r.peer.ours, is_there,
		    &without, &j));
	atomic_store(&r.over, true);
	pthread_join(thread, NULL);
	assert_int_equal(atomic_load(&without), 0);
	close_peer(&r.peer);
}

/* What a busy session tells all the same. */
static void
test_published(void **state)
{
	struct peer p = connect_peer(REGISTRY_MILTER, one);
	struct session s, published;

	(void)state;
	session_init(&s);
	session_init(&published);
	session_connect(&s, "client.example", NULL);
	s.client_port = 4711;
	session_helo(&s, "greeting.example");
	session_mail(&s, "a@sender.example");
	registry_lock(p.registered);
	registry_publish(p.registered, &s);
	assert_true(registry_snapshot(getpid(), &published));
	registry_unlock(p.registered);
	assert_string_equal(published.client_name, "client.example");
	assert_int_equal(published.client_port, 4711);
	assert_string_equal(published.helo, "greeting.example");
	assert_null(published.sender.text);
	assert_false(registry_snapshot(0, &published));
	assert_false(registry_snapshot(1, &published));
	close_peer(&p);
	assert_false(registry_snapshot(getpid(), &published));
	session_free(&s);
	session_free(&published);
}

static int nseen;

static void
see(struct engine *e, int64_t now)
{
	assert_ptr_equal(e, one);
	assert_int_equal(now, 42);
	nseen++;
}

static void
test_each(void **state)
{
	struct peer p = connect_peer(REGISTRY_MILTER, one);
	struct peer q = connect_peer(REGISTRY_POLICY, NULL);
	struct peer busy = connect_peer(REGISTRY_POLICY, one);

	(void)state;
	registry_lock(busy.registered);
	registry_each(see, 42);
	registry_unlock(busy.registered);
	assert_int_equal(nseen, 1);
	close_peer(&p);
	close_peer(&q);
	close_peer(&busy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_process),
		cmocka_unit_test(test_each_door_its_own),
		cmocka_unit_test(test_two_of_one_process),
		cmocka_unit_test(test_one_that_hung_up),
		cmocka_unit_test(test_unknown_peers),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_by_words),
		cmocka_unit_test(test_engine_that_goes),
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
