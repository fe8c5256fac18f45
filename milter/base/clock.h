/* clock.h - time: monotonic for deadlines, wall clock for records */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define CLOCK_TEXT 32

/* Monotonic, for durations and deadlines. */
int64_t clock_ms(void);
int64_t clock_us(void);

/* Wall clock as RFC 3339 in UTC with milliseconds: 2026-01-02T03:04:05.678Z */
const char *clock_rfc3339(const struct timespec *t, char text[CLOCK_TEXT]);
struct timespec clock_now(void);

/* The same in ms since 1970. */
int64_t clock_epoch_ms(void);

/*
 * Local time for people: "13:40 (CET)", with the date when that is not the day
 * of `now`: "Tue 24 Nov 13:40 (CET)". Both in ms since 1970. Returns `text`, or
 * NULL when it is no time.
 */
#define CLOCK_LOCAL_TEXT 64
const char *clock_local(int64_t ms, int64_t now, char text[CLOCK_LOCAL_TEXT]);

/* Milliseconds left until a clock_ms() deadline, never below 0, for poll(). */
int clock_left(int64_t deadline);

/*
 * As pthread_cond_timedwait(), to a clock_ms() deadline: whoever sets the time
 * of day makes no wait longer. False: it is over.
 */
bool clock_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t deadline);

#endif
