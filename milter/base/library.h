/*
 * library.h - a shared library that is loaded when it is needed (dlopen(3))
 *
 * For what few installations use, or what brings many others along: the
 * programs are not linked to it. A module has a table of the functions that it
 * calls, and a row:
 *
 *	static struct library libpq = LIBRARY("libpq.so.5", functions, NULL);
 */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct library_function {
	const char *name;
	void **slot;		/* gets its address */
};

struct library {
	const char *file;
	const struct library_function *functions;
	size_t n;
	const char *without;	/* logged when it is missing; NULL: nothing */
	pthread_mutex_t lock;	/* of what follows, until it was tried */
	bool tried, loaded;
	char missing[160];	/* what of it is */
};

#define LIBRARY(file, functions, without) \
	{ file, functions, sizeof functions / sizeof functions[0], without, \
	    PTHREAD_MUTEX_INITIALIZER, false, false, "" }

/*
 * Any thread: the first call loads it for good and fills all slots. False: it,
 * or one of the functions, is not there; `missing` says which, from now on.
 */
bool library_load(struct library *l);

/*
 * In the one file that uses a library: `functions_` is a macro that calls its
 * argument for the name of each. After it lib.NAME() is the function, once
 * is_there() was true; library.missing says why it was not.
 */
#define LIBRARY_SLOT(name) __typeof__(name) *name;
#define LIBRARY_ROW(name) { #name, (void **)&lib.name },
#define LIBRARY_OF(functions_, file_, without_) \
	static struct { functions_(LIBRARY_SLOT) } lib; \
	static const struct library_function library_functions[] = { \
		functions_(LIBRARY_ROW) }; \
	static struct library library = LIBRARY(file_, library_functions, \
	    without_); \
	\
	static bool \
	is_there(void) \
	{ \
		return library_load(&library); \
	}

#endif
