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

#endif
