/*
 * seldom.h - what would fill the log is said once an hour
 */
#ifndef BASE_SELDOM_H
#define BASE_SELDOM_H

#include <stdbool.h>
#include <stdint.h>

/* Zeroed: nothing was said yet. */
struct log_ratelimit {
	_Atomic int64_t next;
};

/* May it be said now? True at most once an hour, for one of all threads. */
bool log_ratelimit(struct log_ratelimit *s);

#endif
