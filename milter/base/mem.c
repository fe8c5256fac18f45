/* mem - memory that is there */

#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/log.h"

/* How many items an array has room for at first. */
#define FIRST_ROOM 8

/* exit() would run handlers that need memory again, in a worker thread. */
void
mem_gone(void)
{
	log_error("out of memory");
	_Exit(EX_OSERR);
}

/* Only the GNU C library has this threshold. */
extern int mallopt(int what, int value) __attribute__((weak));
extern int malloc_trim(size_t keep) __attribute__((weak));
#define MMAP_THRESHOLD (-3)	/* <malloc.h>, which not every system has */
#define LARGE (256 * 1024)

/*
 * By default its threshold for mmap(2) grows to the largest block ever freed,
 * so that a list of 40 MB would stay in the heap after it was replaced.
 */
void
mem_return_large(void)
{
	if (mallopt != NULL)
		mallopt(MMAP_THRESHOLD, LARGE);
}

void
mem_trim(void)
{
	if (malloc_trim != NULL)
		malloc_trim(0);
}

void *
mem_array(size_t n, size_t size)
{
	void *p = calloc(n != 0 ? n : 1, size != 0 ? size : 1);

	if (p == NULL)
		mem_gone();
	return p;
}

void *
mem_alloc(size_t size)
{
	return mem_array(1, size);
}

void *
mem_resize(void *p, size_t n, size_t size)
{
	p = reallocarray(p, n != 0 ? n : 1, size != 0 ? size : 1);
	if (p == NULL)
		mem_gone();
	return p;
}

void *
mem_room(void *v, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return v;
	if (*cap > SIZE_MAX / 2)
		mem_gone();
	*cap = *cap != 0 ? *cap * 2 : FIRST_ROOM;
	return mem_resize(v, *cap, size);
}

char *
mem_ndup(const char *text, size_t n)
{
	char *copy;

	if (text == NULL)
		return NULL;
	n = strnlen(text, n);
	copy = mem_resize(NULL, n + 1, 1);
	memcpy(copy, text, n);
	copy[n] = '\0';
	return copy;
}

char *
mem_dup(const char *text)
{
	return text != NULL ? mem_ndup(text, strlen(text)) : NULL;
}

void
mem_lower(char *bytes, size_t n)
{
	char *end = bytes + n;

	for (; bytes < end; bytes++)
		if (*bytes >= 'A' && *bytes <= 'Z')
			*bytes = (char)(*bytes - 'A' + 'a');
}

void
mem_replace(char **slot, const char *text)
{
	char *copy = mem_dup(text);

	free(*slot);
	*slot = copy;
}
