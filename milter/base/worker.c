/* worker - a thread with work of its own that ends on request */

#include "base/worker.h"

#include <signal.h>

#include "base/clock.h"

static void
end(struct worker *w)
{
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->wake);
}

bool
worker_start(struct worker *w, void *(*run)(void *), void *arg)
{
	sigset_t all, was;
	int failed;

	w->stop = false;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
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
	int64_t until = clock_ms() + ms;
	bool stop;

	pthread_mutex_lock(&w->lock);
	while (!w->stop && ms > 0 && clock_wait(&w->wake, &w->lock, until))
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
