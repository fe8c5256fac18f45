/*
 * log.h - the daemon's own log (records are about mail)
 *
 * Goes to stderr, or to syslog (LOG_MAIL) once log_open() said so. One line a
 * call, never longer than 1,000 bytes; what would act on a terminal (control
 * characters, marks of direction) and bytes that are no UTF-8 are shown as
 * \xHH.
 * Any thread may call; log_open() is called before threads start. Where nobody
 * reads, a line is lost after a moment, counted, and reported later.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG };

/* `ident` must live on. Without this call: stderr, up to LOG_LEVEL_INFO. */
void log_open(const char *ident, bool to_syslog, enum log_level upto);

/* The name before each line, and how many lines were lost so far. */
const char *log_ident(void);
uint64_t log_lost(void);

void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Our own bug: says where, then abort(). */
void log_bug(const char *file, int line, const char *what)
    __attribute__((noreturn));
#define BUG(what) log_bug(__FILE__, __LINE__, what)

/*
 * What would fill the log is logged once an hour: true at most once an hour,
 * for one of all threads. Zeroed: nothing was logged yet.
 */
struct log_ratelimit {
	_Atomic int64_t next;
};

bool log_ratelimit(struct log_ratelimit *limit);

#endif
