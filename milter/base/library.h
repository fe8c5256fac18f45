/*
 * library.h - a shared library that is loaded when it is needed
 *
 * For what few installations use: the programs are not linked to it.
 */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

struct library_function {
	const char *name;
	void **slot;		/* gets its address */
};

/*
 * Loads the file ("libpq.so.5") for good and fills the slots of all n. False:
 * it or one of them is not there; `missing` (of `size` bytes) says which.
 */
bool library_load(const char *file, const struct library_function *functions,
    size_t n, char *missing, size_t size);

/* One that is loaded when it is asked for; static, the last member zero. */
struct library {
	const char *file;
	const char *without;	/* for the log: what goes without it */
	const struct library_function *functions;
	size_t n;
	_Atomic int state;
};

/* Is it there? Any thread; if it is not, the log says so once. */
bool library_is_there(struct library *l);

/*
 * In the one file that uses a library: `functions` is a macro that calls its
 * argument for the name of each. After it lib.NAME() is the function, once
 * is_there() was true.
 */
#define LIBRARY_SLOT(name) __typeof__(name) *name;
#define LIBRARY_ROW(name) { #name, (void **)&lib.name },
#define LIBRARY_OF(functions_, file_, without_) \
	static struct { functions_(LIBRARY_SLOT) } lib; \
	\
	static bool \
	is_there(void) \
	{ \
		static const struct library_function functions[] = { \
			functions_(LIBRARY_ROW) }; \
		static struct library library = { .file = file_, \
			.without = without_, .functions = functions, \
			.n = sizeof functions / sizeof functions[0] }; \
	\
		return library_is_there(&library); \
	}

#endif
