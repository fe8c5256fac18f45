/*
 * bare.h - a library of patterns with nothing around it, for patterns.c
 */
#ifndef BARE_H
#define BARE_H

#include <stddef.h>

struct bare {
	const char *name;
	/* Compiles n patterns; NULL: there is no such library here. */
	void *(*open)(char **patterns, size_t n);
	/* Looks for all of them in a piece of text; how many matched. */
	size_t (*scan)(void *bare, const char *text, size_t n);
	void (*close)(void *bare);
};

extern const struct bare bare_pcre2, bare_hyperscan;

#endif
