/* doors_join_test - who asks, and about which session */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <pthread.h>
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
	struct joint *joint;
};

static struct peer
connect_peer(enum join_door door, struct engine *e)
{
	struct peer p;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	p.ours = ends[0];
	p.theirs = ends[1];
	p.joint = join_open(door, p.ours, e);
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
	join_close(p->joint);
	hang_up(p);
	close(p->ours);
}

static struct engine *
find(enum join_door door)
{
	struct joint *j;
	struct engine *e = join_find(door, getpid(), clock_ms() + 5, &j);

	if (e != NULL)
		join_release(j);
	return e;
}

static void
test_by_process(void **state)
{
	struct peer p = connect_peer(JOIN_MILTER, one);

	(void)state;
	assert_int_equal(join_pid(p.joint), getpid());
	assert_ptr_equal(find(JOIN_MILTER), one);
	assert_null(find(JOIN_POLICY));
	close_peer(&p);
	assert_null(find(JOIN_MILTER));
}

static void
test_each_door_its_own(void **state)
{
	struct peer p = connect_peer(JOIN_MILTER, one);
	struct peer q = connect_peer(JOIN_POLICY, NULL);

	(void)state;
	assert_null(find(JOIN_POLICY));		/* nothing was asked yet */
	join_lock(q.joint);
	assert_null(join_engine(q.joint, other));
	join_unlock(q.joint);
	assert_ptr_equal(find(JOIN_POLICY), other);
	assert_ptr_equal(find(JOIN_MILTER), one);
	close_peer(&p);
	close_peer(&q);
}

/* A proxy in between: nothing is guessed. */
static void
test_two_of_one_process(void **state)
{
	struct peer p = connect_peer(JOIN_MILTER, one);
	struct peer q = connect_peer(JOIN_MILTER, other);

	(void)state;
	assert_null(find(JOIN_MILTER));
	close_peer(&p);
	assert_ptr_equal(find(JOIN_MILTER), other);
	close_peer(&q);
}

/* The next session of one process, and the end of the last not yet noticed. */
static void
test_one_that_hung_up(void **state)
{
	struct peer p = connect_peer(JOIN_MILTER, one);
	struct peer q = connect_peer(JOIN_MILTER, other);

	(void)state;
	hang_up(&p);
	assert_ptr_equal(find(JOIN_MILTER), other);
	hang_up(&q);
	assert_null(find(JOIN_MILTER));
	close_peer(&p);
	close_peer(&q);
}

static void
test_unknown_peers(void **state)
{
	struct joint *j = join_open(JOIN_MILTER, -1, one), *found;

	(void)state;
	assert_int_equal(join_pid(j), 0);
	assert_null(join_find(JOIN_MILTER, 0, clock_ms() + 5, &found));
	assert_null(join_find(JOIN_MILTER, -1, clock_ms() + 5, &found));
	assert_null(join_find(JOIN_MILTER, 1, clock_ms() + 5, &found));
	join_close(j);
	join_close(NULL);
}

static void *
ask(void *arg)
{
	struct engine **e = arg;

	*e = find(JOIN_MILTER);
	return NULL;
}

/* The session's own thread is at work: not joined, and not waited for. */
static void
test_busy(void **state)
{
	struct peer p = connect_peer(JOIN_MILTER, one);
	struct engine *e = other;
	pthread_t thread;

	(void)state;
	join_lock(p.joint);
	pthread_create(&thread, NULL, ask, &e);
	pthread_join(thread, NULL);
	assert_null(e);
	join_unlock(p.joint);
	assert_ptr_equal(find(JOIN_MILTER), one);
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
	p.joint = join_open(JOIN_MILTER, p.ours, e);
	return p;
}

static bool
fits(const struct engine *e, const void *arg)
{
	return arg == NULL || e == arg;
}

static struct engine *
find_by_words(const struct peer *p, const void *arg)
{
	struct joint *j;
	struct engine *e = join_find_by_words(p->ours, fits, arg, &j);

	if (e != NULL)
		join_release(j);
	return e;
}

static void
test_by_words(void **state)
{
	struct peer p = connect_over_tcp(one), q = connect_over_tcp(other);
	struct peer local = connect_peer(JOIN_MILTER, one);

	(void)state;
	assert_int_equal(join_pid(p.joint), 0);
	assert_ptr_equal(find_by_words(&p, one), one);
	assert_ptr_equal(find_by_words(&p, other), other);
	assert_null(find_by_words(&p, &p));
	/* Two that fit: none. */
	assert_null(find_by_words(&p, NULL));
	/* Nobody knows where this one is. */
	assert_null(find_by_words(&local, one));
	join_lock(p.joint);
	assert_null(find_by_words(&q, one));
	assert_ptr_equal(find_by_words(&q, NULL), other);
	join_unlock(p.joint);
	close_peer(&p);
	close_peer(&q);
	close_peer(&local);
}

/* What a busy session tells all the same. */
static void
test_told(void **state)
{
	struct peer p = connect_peer(JOIN_MILTER, one);
	struct session s, told;

	(void)state;
	session_init(&s);
	session_init(&told);
	session_connect(&s, "client.example", NULL);
	s.client_port = 4711;
	session_helo(&s, "greeting.example");
	session_mail(&s, "a@sender.example");
	join_lock(p.joint);
	join_tell(p.joint, &s);
	assert_true(join_told(getpid(), &told));
	join_unlock(p.joint);
	assert_string_equal(told.client_name, "client.example");
	assert_int_equal(told.client_port, 4711);
	assert_string_equal(told.helo, "greeting.example");
	assert_null(told.sender.text);
	assert_false(join_told(0, &told));
	assert_false(join_told(1, &told));
	close_peer(&p);
	assert_false(join_told(getpid(), &told));
	session_free(&s);
	session_free(&told);
}

static int seen;

static void
see(struct engine *e, int64_t now)
{
	assert_ptr_equal(e, one);
	assert_int_equal(now, 42);
	seen++;
}

static void
test_each(void **state)
{
	struct peer p = connect_peer(JOIN_MILTER, one);
	struct peer q = connect_peer(JOIN_POLICY, NULL);
	struct peer busy = connect_peer(JOIN_POLICY, one);

	(void)state;
	join_lock(busy.joint);
	join_each(see, 42);
	join_unlock(busy.joint);
	assert_int_equal(seen, 1);
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
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
