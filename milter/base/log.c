/* log - the daemon's own log */

#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"

#define LINE_BYTES_MAX 1000
#define HOUR_MS 3600000

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
	if (to_syslog)
		openlog(ident, LOG_PID, LOG_MAIL);
}

/* Copies with control characters as \xHH, as much as fits; returns length. */
static size_t
make_visible(char *line, size_t max, const char *text)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = 0;

	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		bool plain = c >= ' ' && c != 0x7f;

		if (n + (plain ? 1 : 4) > max)
			break;
		if (plain) {
			line[n++] = (char)c;
			continue;
		}
		line[n++] = '\\';
		line[n++] = 'x';
		line[n++] = hex[c >> 4];
		line[n++] = hex[c & 15];
	}
	return n;
}

/* One write(2), so that lines of several threads never mix. */
static void
to_stderr(enum log_level level, const char *text)
{
	char line[LINE_BYTES_MAX + 1];
	char head[128];
	size_t n;
	ssize_t written;

	snprintf(head, sizeof head, "%s: %s: ", setup.ident,
	    levels[level].word);
	n = make_visible(line, LINE_BYTES_MAX, head);
	n += make_visible(line + n, LINE_BYTES_MAX - n, text);
	line[n++] = '\n';
	/* A log that cannot be written has nowhere to say so. */
	written = write(STDERR_FILENO, line, n);
	(void)written;
}

static void
to_syslog(enum log_level level, const char *text)
{
	char line[LINE_BYTES_MAX + 1];

	line[make_visible(line, LINE_BYTES_MAX, text)] = '\0';
	syslog(levels[level].priority, "%s", line);
}

static void
say(enum log_level level, const char *fmt, va_list ap)
{
	char text[LINE_BYTES_MAX + 1];

	if (level > setup.upto)
		return;
	if (vsnprintf(text, sizeof text, fmt, ap) < 0)
		return;
	if (setup.to_syslog)
		to_syslog(level, text);
	else
		to_stderr(level, text);
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
