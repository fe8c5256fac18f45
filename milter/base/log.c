/* log - the daemon's own log */

#include "base/log.h"

#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/syslog.h"
#include "base/utf8.h"

#define LINE_BYTES_MAX 1000
#define HOUR_MS 3600000
#define ROOM_MS 100		/* to wait for a reader of stderr, once */
#define AFTER_MS 1000		/* not to wait again, when there was none */

static const struct {
	const char *word;
	int priority;
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error", LOG_ERR },
	[LOG_LEVEL_WARN] = { "warning", LOG_WARNING },
	[LOG_LEVEL_INFO] = { "info", LOG_INFO },
	[LOG_LEVEL_DEBUG] = { "debug", LOG_DEBUG },
};

/* The log switch: set once by log_open(), before there are threads. */
static struct {
	const char *ident;
	bool to_syslog;
	enum log_level upto;
} setup = { .ident = "saywhy", .upto = LOG_LEVEL_INFO };

void
log_open(const char *ident, bool to_syslog, enum log_level upto)
{
	setup.ident = ident;
	setup.to_syslog = to_syslog;
	setup.upto = upto;
}

const char *
log_ident(void)
{
	return setup.ident;
}

static atomic_ullong lost;	/* lines, since the start */

uint64_t
log_lost(void)
{
	return atomic_load(&lost);
}

/*
 * Copies with what would act on a terminal, and bytes that are no UTF-8, as
 * \xHH, as much as fits; returns length.
 */
static size_t
make_visible(char *line, size_t max, const char *text)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = 0, left = strlen(text), shown;

	for (; left > 0; text += shown, left -= shown) {
		shown = utf8_shown(text, left < max - n ? left : max - n);
		memcpy(line + n, text, shown);
		n += shown;
		if (shown > 0)
			continue;
		if (n + 4 > max)
			break;
		line[n++] = '\\';
		line[n++] = 'x';
		line[n++] = hex[(unsigned char)*text >> 4];
		line[n++] = hex[*text & 15];
		shown = 1;
	}
	return n;
}

/* A pipe that nobody reads has no room; a terminal may be stopped. */
static bool
stderr_has_room(void)
{
	static int64_t patient_at;
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };
	bool patient = clock_ms() >= patient_at;

	if (poll(&p, 1, patient ? ROOM_MS : 0) != 0)
		return true;
	if (patient)
		patient_at = clock_ms() + AFTER_MS;
	return false;
}

/* One write(2), so that lines never mix, once there is room for it. */
static bool
to_stderr(enum log_level level, const char *text)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	char line[LINE_BYTES_MAX + 1];
	char head[128];
	bool written;
	size_t n;

	snprintf(head, sizeof head, "%s: %s: ", setup.ident,
	    levels[level].word);
	n = make_visible(line, LINE_BYTES_MAX, head);
	n += make_visible(line + n, LINE_BYTES_MAX - n, text);
	line[n++] = '\n';
	pthread_mutex_lock(&lock);
	written = stderr_has_room() && write(STDERR_FILENO, line, n) > 0;
	pthread_mutex_unlock(&lock);
	return written;
}

static bool
to_syslog(enum log_level level, const char *text)
{
	char line[LINE_BYTES_MAX + 1];

	line[make_visible(line, LINE_BYTES_MAX, text)] = '\0';
	return syslog_send(setup.ident, levels[level].priority, line);
}

static bool
say_line(enum log_level level, const char *text)
{
	return (setup.to_syslog ? to_syslog : to_stderr)(level, text);
}

/* Lost lines are reported as soon as there is a reader. */
static void
say_or_count(enum log_level level, const char *text)
{
	static atomic_ullong unreported;
	unsigned long long n;
	char words[64];

	if (!say_line(level, text)) {
		atomic_fetch_add(&lost, 1);
		atomic_fetch_add(&unreported, 1);
		return;
	}
	n = atomic_exchange(&unreported, 0);
	if (n == 0)
		return;
	snprintf(words, sizeof words, "lines of this log that were lost: %llu",
	    n);
	if (!say_line(LOG_LEVEL_WARN, words))
		atomic_fetch_add(&unreported, n);
}

static void
say(enum log_level level, const char *fmt, va_list ap)
{
	char text[LINE_BYTES_MAX + 1];

	if (level > setup.upto)
		return;
	if (vsnprintf(text, sizeof text, fmt, ap) < 0)
		return;
	say_or_count(level, text);
}

void
log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_LEVEL_ERROR, fmt, ap);
	va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_LEVEL_WARN, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_LEVEL_INFO, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_LEVEL_DEBUG, fmt, ap);
	va_end(ap);
}

void
log_bug(const char *file, int line, const char *what)
{
	log_error("bug at %s:%d: %s", file, line, what);
	abort();
}

bool
log_ratelimit(struct log_ratelimit *limit)
{
	int64_t now = clock_ms(), next = atomic_load(&limit->next);

	return (next == 0 || now >= next) &&
	    atomic_compare_exchange_strong(&limit->next, &next,
	    now + HOUR_MS);
}
