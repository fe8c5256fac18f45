/*
 * list_build.h - text lists into the form that is searched without loading
 */
#ifndef LISTS_LIST_BUILD_H
#define LISTS_LIST_BUILD_H

#include <stdbool.h>
#include <stddef.h>

struct diags;

struct list_built {
	size_t nets, names;
	size_t twice;		/* entries that were there already */
};

/*
 * Makes a cdb file of the entries of n text lists and puts it at `out`; with
 * `key`, a file with a secret key (minisign.h), its signature at OUT.minisig.
 * Of equal entries the first stands. Patterns and "*" have no place in one:
 * they are mistakes. False with every mistake in d; then the list is as it was.
 */
bool list_build(char *const *files, size_t n, const char *out, const char *key,
    struct list_built *built, struct diags *d);

#endif
