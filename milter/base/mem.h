/*
 * mem.h - memory that is there
 *
 * None of these returns NULL: when memory is gone the process logs it and
 * exits with EX_OSERR; the MTA still holds the mail and defers it. So every
 * input that could make us allocate must be bounded by the caller.
 * What they return is freed with free().
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* What the others do when memory is gone: logs it and exits. */
void mem_gone(void) __attribute__((noreturn));

/*
 * For programs that run for long: large blocks go back to the system when they
 * are freed, whatever was freed before. Call it first in main().
 */
void mem_return_large(void);

/* Now: what is free in small blocks goes back, too. Takes some ms. */
void mem_trim(void);

/* Zeroed memory. `n * size` that overflows counts as memory gone. */
void *mem_alloc(size_t size);
void *mem_array(size_t n, size_t size);

/* realloc(); new bytes are not zeroed. */
void *mem_resize(void *p, size_t n, size_t size);

/*
 * Makes room for one more in an array that grows by doubling: `v` holds n
 * items of `size` bytes, *cap is how many fit. Returns the (moved) array.
 */
void *mem_room(void *v, size_t n, size_t *cap, size_t size);

/* strdup() and strndup(); NULL gives NULL. */
char *mem_dup(const char *text);
char *mem_ndup(const char *text, size_t n);

/* ASCII letters in lower case, in place. */
void mem_lower(char *bytes, size_t n);

/* Frees *slot and stores a copy of `text` (NULL: stores NULL). */
void mem_replace(char **slot, const char *text);

#endif
