/*
 * libmilter_listener - libmilter's listening thread, and an orderly end of it
 */

#include "doors/libmilter_listener.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "doors/libmilter_threads.h"

#define WAKE_SIGNAL SIGURG	/* ignored by default: harmless */
#define WAKE_EVERY_MS 2
#define BREATHE_MS 100		/* between two tries for a free descriptor */

/* Ours to call; libmilter/libmilter.h. */
extern void mi_closener(void);

/* Ours to define: all that libmilter/signal.c exports. */
int mi_control_startup(char *name);
int mi_stop(void);
void mi_stop_milters(int how);
void mi_clean_signals(void);

static pthread_t thread;
static _Thread_local bool is_listener;
static int (*run)(void);
static int result;		/* to be read when the thread is joined */
static atomic_bool stopping;	/* as mi_stop() answers: MILTER_STOP is 1 */
static atomic_bool ended;

/* The original starts a thread that handles SIGHUP, SIGTERM and SIGINT. */
int
mi_control_startup(char *name)
{
	(void)name;
	return 0;
}

void
mi_clean_signals(void)
{
}

/* True as long as this process or the system has no descriptor to spare. */
static bool
descriptors_are_gone(void)
{
	int fd = open("/", O_RDONLY | O_CLOEXEC);

	if (fd != -1)
		close(fd);
	return fd == -1 && (errno == EMFILE || errno == ENFILE);
}

/*
 * Out of descriptors, mi_listener() tries again at once, forever. Each turn
 * passes mi_stop(): when one brought no session, check whether this is why.
 */
static void
breathe(void)
{
	static uint64_t started;
	static bool short_of_them;

	if (started == libmilter_threads_started() && descriptors_are_gone()) {
		if (!short_of_them)
			log_error("no session can be accepted: %s",
			    strerror(EMFILE));
		short_of_them = true;
		poll(NULL, 0, BREATHE_MS);
	} else {
		short_of_them = false;
	}
	started = libmilter_threads_started();
}

int
mi_stop(void)
{
	if (is_listener)
		breathe();
	return atomic_load(&stopping);
}

/* Called by smfi_stop(), and by mi_listener() when it fails. */
void
mi_stop_milters(int how)
{
	(void)how;
	atomic_store(&stopping, true);
	mi_closener();
}

static void *
listen_until_stopped(void *arg)
{
	sigset_t wake;

	(void)arg;
	sigemptyset(&wake);
	sigaddset(&wake, WAKE_SIGNAL);
	pthread_sigmask(SIG_UNBLOCK, &wake, NULL);
	is_listener = true;
	result = run();
	if (!atomic_load(&stopping) || result != 0)
		kill(getpid(), SIGTERM);
	atomic_store(&ended, true);
	return NULL;
}

/* Does nothing: being called is enough to end a poll(). */
static void
on_wake(int signo)
{
	(void)signo;
}

bool
libmilter_listener_start(int (*listen)(void))
{
	struct sigaction wake = { .sa_handler = on_wake };
	int error;

	sigaction(WAKE_SIGNAL, &wake, NULL);
	run = listen;
	error = pthread_create(&thread, NULL, listen_until_stopped, NULL);
	if (error != 0)
		log_error("listener: pthread_create: %s", strerror(error));
	return error == 0;
}

/*
 * mi_listener() asks mi_stop() only between two polls of five seconds. A signal
 * may arrive just before it polls, so it is repeated until it wakes.
 */
int
libmilter_listener_stop(void)
{
	atomic_store(&stopping, true);
	while (!atomic_load(&ended)) {
		pthread_kill(thread, WAKE_SIGNAL);
		poll(NULL, 0, WAKE_EVERY_MS);
	}
	pthread_join(thread, NULL);
	return result;
}
