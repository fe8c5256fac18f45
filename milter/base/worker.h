/*
 * worker.h - a thread with work of its own that ends on request
 *
 * It works, waits, works again, and ends when it is asked to. Signals are for
 * the main thread, so it gets none.
 */
#ifndef BASE_WORKER_H
#define BASE_WORKER_H

#include <pthread.h>
#include <stdbool.h>

struct worker {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop;		/* under the lock */
};

/*
 * Starts run(arg) in a thread. False when the system gives none; `w` then
 * needs no worker_stop().
 */
bool worker_start(struct worker *w, void *(*run)(void *), void *arg);

/*
 * By that thread: waits for so many milliseconds, or until it is to stop.
 * True: stop. With 0 it only asks.
 */
bool worker_wait(struct worker *w, int ms);

/* By another thread: has it stop, and waits until it has. */
void worker_stop(struct worker *w);

#endif
