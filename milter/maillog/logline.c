/* logline - parses one line of syslog */

#include "maillog/logline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STAMP 15		/* "Nov 24 18:32:15" */
#define DAY_MS ((int64_t)86400000)

/* "2026-11-24T18:32:15", and what follows it up to a blank. */
static size_t
long_stamp(const char *line, size_t n)
{
	const char *blank;

	if (n < 20 || line[4] != '-' || line[7] != '-' || line[10] != 'T')
		return 0;
	blank = memchr(line, ' ', n < 40 ? n : 40);
	return blank != NULL ? (size_t)(blank - line) : 0;
}

static size_t
stamp_length(const char *line, size_t n)
{
	if (n > STAMP && line[3] == ' ' && line[6] == ' ' && line[9] == ':' &&
	    line[12] == ':' && line[STAMP] == ' ')
		return STAMP;
	return long_stamp(line, n);
}

static struct slice
word(struct slice *rest)
{
	const char *blank = memchr(rest->text, ' ', rest->n);
	struct slice w = { NULL, 0 };

	if (blank == NULL)
		return w;
	w = slice_to(*rest, blank);
	*rest = slice_from(*rest, blank + 1);
	return w;
}

/* "postfix/smtpd[123]: " */
static bool
read_tag(struct logline *l, struct slice tag)
{
	const char *bracket, *close;

	if (tag.n < 2 || tag.text[tag.n - 1] != ':')
		return false;
	tag.n--;
	bracket = memchr(tag.text, '[', tag.n);
	l->program = bracket != NULL ? slice_to(tag, bracket) : tag;
	l->pid = (struct slice){ NULL, 0 };
	if (bracket == NULL)
		return true;
	close = memchr(bracket, ']', (size_t)(SLICE_END(tag) - bracket));
	if (close == NULL)
		return false;
	l->pid = slice_to(slice_from(tag, bracket + 1), close);
	return true;
}

bool
logline_read(const char *line, size_t n, struct logline *l)
{
	size_t stamp = stamp_length(line, n);
	struct slice rest = { line, n }, tag;

	if (stamp == 0)
		return false;
	l->stamp = (struct slice){ line, stamp };
	rest = slice_from(rest, line + stamp + 1);
	l->host = word(&rest);
	if (l->host.text == NULL)
		return false;
	tag = word(&rest);
	if (tag.text == NULL || !read_tag(l, tag))
		return false;
	l->message = rest;
	return true;
}

/* "+01:00", "+0100", "Z"; in seconds. */
static long
zone_of(const char *text)
{
	int hours = 0, minutes = 0;

	if ((*text != '+' && *text != '-') ||
	    sscanf(text + 1, "%2d%*[:]%2d", &hours, &minutes) == 2 ||
	    sscanf(text + 1, "%2d%2d", &hours, &minutes) >= 1)
		return (*text == '-' ? -1 : 1) *
		    (long)(hours * 3600 + minutes * 60);
	return 0;
}

static int64_t
long_time(const char *text)
{
	struct tm tm = { .tm_year = 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	int64_t ms = 0;

	if (rest == NULL)
		return 0;
	if (*rest == '.' || *rest == ',') {
		ms = (int64_t)(strtod(rest, NULL) * 1000);
		rest += 1 + strspn(rest + 1, "0123456789");
	}
	return ((int64_t)timegm(&tm) - zone_of(rest)) * 1000 + ms;
}

/* This year's, or last year's when that would be in the future. */
static int64_t
short_time(const char *text, int64_t now)
{
	time_t seconds = (time_t)(now / 1000);
	struct tm today, tm;
	int64_t time;
	int back;

	localtime_r(&seconds, &today);
	for (back = 0; back < 2; back++) {
		memset(&tm, 0, sizeof tm);
		tm.tm_year = today.tm_year - back;
		if (strptime(text, "%b %d %H:%M:%S", &tm) == NULL)
			return 0;
		tm.tm_isdst = -1;
		time = (int64_t)mktime(&tm) * 1000;
		if (time <= now + DAY_MS)
			return time;
	}
	return 0;
}

int64_t
logline_time(const struct logline *l, int64_t now)
{
	char text[48];

	snprintf(text, sizeof text, "%.*s", (int)(l->stamp.n < 47 ?
	    l->stamp.n : 47), l->stamp.text);
	return l->stamp.n == STAMP ? short_time(text, now) : long_time(text);
}
