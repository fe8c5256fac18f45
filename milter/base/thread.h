/*
 * thread.h - threads that nobody joins
 */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Starts run(arg) in a detached thread with a stack of that many bytes. False,
 * with `who` and the cause in the log, when the system gives none; `arg` is
 * still the caller's then.
 */
bool thread_detached(const char *who, void *(*run)(void *), void *arg,
    size_t stack);

#endif
