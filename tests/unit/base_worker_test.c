/* base_worker_test - a thread that waits, works and is stopped */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/worker.h"

struct job {
	struct worker worker;
	int pause;
	atomic_int rounds;
	bool signals;		/* it would get them */
};

static void *
work(void *arg)
{
	struct job *j = arg;
	sigset_t blocked;

	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	j->signals = !sigismember(&blocked, SIGTERM);
	do {
		atomic_fetch_add(&j->rounds, 1);
	} while (!worker_wait(&j->worker, j->pause));
	return NULL;
}

/* However long it waits, it is stopped at once, and has worked before. */
static void
test_stopped(void **state)
{
	static const int pauses[] = { 0, 1, 3600000 };
	int64_t began = clock_ms();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof pauses / sizeof pauses[0]; i++) {
		struct job j = { .pause = pauses[i] };

		assert_true(worker_start(&j.worker, work, &j));
		while (atomic_load(&j.rounds) < (pauses[i] < 2 ? 3 : 1))
			;
		worker_stop(&j.worker);
		assert_false(j.signals);
		if (pauses[i] > 1)
			assert_int_equal(atomic_load(&j.rounds), 1);
	}
	assert_true(clock_ms() - began < pauses[2]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
