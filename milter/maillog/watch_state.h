/*
 * watch_state.h - where `saywhy watch` stood, across restarts
 *
 * A small file: "inode offset path" a line, written anew and renamed.
 */
#ifndef MAILLOG_WATCH_STATE_H
#define MAILLOG_WATCH_STATE_H

#include <stddef.h>

struct tail;

/* path NULL: nothing. A file that is not there changes nothing. */
void watch_state_load(const char *path, struct tail *const *tails, size_t n);
void watch_state_save(const char *path, struct tail *const *tails, size_t n);

#endif
