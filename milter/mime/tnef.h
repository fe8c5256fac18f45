/*
 * tnef.h - the files within winmail.dat (MS-OXTNEF)
 *
 * Bounded by its input: nothing is copied but names. Any thread.
 */
#ifndef MIME_TNEF_H
#define MIME_TNEF_H

#include <stdbool.h>
#include <stddef.h>

bool tnef_is(const char *head, size_t n);

/* A name (NULL: none), or the bytes of a file (n > 0): those of a file stand
   between its names. */
typedef void tnef_entry(void *arg, const char *name, const char *bytes,
    size_t n);

/* False: it is damaged; what came before was reported. */
bool tnef_read(const char *bytes, size_t n, tnef_entry *entry, void *arg);

#endif
