/* syslog - lines to the system's log that never wait for its reader */

#include "base/syslog.h"

#include <stdio.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/datagram.h"

/* A log daemon takes 8 KB by default; a record is shorter. */
#define SYSLOG_LINE_MAX 16384

static struct datagram to = DATAGRAM_INIT(_PATH_LOG);

void
syslog_path(const char *path)
{
	datagram_to(&to, path);
}

/* English names of months, whatever the locale. What is too long is cut. */
static size_t
make_line(char *line, size_t size, const char *ident, int priority,
    const char *text)
{
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t now = time(NULL);
	struct tm tm;
	int n;

	localtime_r(&now, &tm);
	n = snprintf(line, size, "<%d>%s %2d %02d:%02d:%02d %s[%ld]: %s",
	    LOG_MAIL | priority, months[tm.tm_mon], tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec, ident, (long)getpid(), text);
	return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}

bool
syslog_send(const char *ident, int priority, const char *text)
{
	char line[SYSLOG_LINE_MAX];
	size_t n = make_line(line, sizeof line, ident, priority, text);

	return datagram_send(&to, line, n);
}
