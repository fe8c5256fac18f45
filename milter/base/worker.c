/* worker - a thread with work of its own that is told when to stop */

#include "base/worker.h"

#include <signal.h>
#include <time.h>

static void
end(struct worker *w)
{
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->wake);
}

bool
worker_start(struct worker *w, void *(*run)(void *), void *arg)
{
	pthread_condattr_t attr;
	sigset_t all, was;
	int failed;

	w->stop = false;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->wake, &attr);
	pthread_condattr_destroy(&attr);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	failed = pthread_create(&w->thread, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	if (failed != 0)
		end(w);
	return failed == 0;
}

bool
worker_wait(struct worker *w, int ms)
{
	struct timespec until;
	bool stop;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (long)ms % 1000 * 1000000;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&w->lock);
	while (!w->stop && ms > 0 && pthread_cond_timedwait(&w->wake,
	    &w->lock, &until) == 0)
		;
	stop = w->stop;
	pthread_mutex_unlock(&w->lock);
	return stop;
}

void
worker_stop(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	end(w);
}
