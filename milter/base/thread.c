/* thread - threads that nobody joins */

#include "base/thread.h"

#include <pthread.h>
#include <string.h>

#include "base/log.h"

bool
thread_detached(const char *who, void *(*run)(void *), void *arg, size_t stack)
{
	pthread_attr_t attr;
	pthread_t thread;
	int error;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, stack);
	error = pthread_create(&thread, &attr, run, arg);
	pthread_attr_destroy(&attr);
	if (error != 0)
		log_error("%s: pthread_create: %s", who, strerror(error));
	return error == 0;
}
