/* clamd - one message to clamd */

#include "scanners/clamd.h"

#include <arpa/inet.h>
#include <string.h>

#define ANSWER_MAX 4096

/* An idle connection may have died since it was looked at: then what is
   written first fails, and a new one is opened. */
void
clamd_begin(struct scan *scan, struct scanner *s, long long timeout,
    int64_t deadline)
{
	static const char session[] = "zIDSESSION", stream[] = "zINSTREAM";

	scan_open(scan, s, timeout, deadline, false);
	if (!scan->reused)
		scan_write(scan, session, sizeof session, deadline);
	scan_write(scan, stream, sizeof stream, deadline);
	if (!scan->reused || !scan->failed)
		return;
	scan_close(scan);
	memset(scan, 0, sizeof *scan);
	scan->errmsg = (struct buf)BUF_INIT;
	scan_open(scan, s, timeout, deadline, true);
	scan_write(scan, session, sizeof session, deadline);
	scan_write(scan, stream, sizeof stream, deadline);
}

/* Beyond its StreamMaxLength clamd sends an error and reads no more. */
void
clamd_put(struct scan *scan, const char *bytes, size_t n, int64_t deadline)
{
	uint32_t length = htonl((uint32_t)n);

	if (n == 0 || scan_is_cut(scan))
		return;
	scan_write(scan, &length, sizeof length, deadline);
	scan_write(scan, bytes, n, deadline);
}

void
clamd_end(struct scan *scan, int64_t deadline)
{
	uint32_t length = 0;

	scan_write(scan, &length, sizeof length, deadline);
}

/* Behind the number that a session puts in front: "1: stream: OK". */
static const char *
behind_number(const char *answer)
{
	const char *p = answer + strspn(answer, "0123456789");

	return p > answer && p[0] == ':' && p[1] == ' ' ? p + 2 : answer;
}

static bool
ends_with(const char *text, size_t n, const char *end)
{
	size_t length = strlen(end);

	return n >= length && memcmp(text + n - length, end, length) == 0;
}

/* What encrypts or hides something is no virus. */
static bool
is_unscannable(const char *name, size_t n)
{
	static const char *const unscannable[] = { "Heuristics.Encrypted.",
		"Heuristics.Limits.Exceeded" };
	size_t i;

	for (i = 0; i < 2; i++)
		if (n >= strlen(unscannable[i]) &&
		    memcmp(name, unscannable[i], strlen(unscannable[i])) == 0)
			return true;
	return false;
}

static enum scan_status
read_answer(struct scan *scan, const char *answer, struct buf *text)
{
	const char *p = behind_number(answer);
	size_t n;

	if (strncmp(p, "stream: ", 8) == 0)
		p += 8;
	n = strlen(p);
	if (strcmp(p, "OK") == 0) {
		scan_done(scan, !scan->cut);
		return SCAN_CLEAN;
	}
	if (ends_with(p, n, " FOUND")) {
		n -= strlen(" FOUND");
		buf_put(text, p, n);
		scan_done(scan, !scan->cut);
		return is_unscannable(p, n) ? SCAN_UNSCANNABLE : SCAN_FOUND;
	}
	if (strstr(p, "size limit exceeded") != NULL) {
		buf_puts(text, "the message is larger than clamd takes");
		scan_done(scan, false);
		return SCAN_UNSCANNABLE;
	}
	scan_fail(scan, "clamd says: %.100s", p);
	return SCAN_TEMPFAIL;
}

enum scan_status
clamd_verdict(struct scan *scan, struct buf *text)
{
	struct buf answer = BUF_INIT;
	enum scan_status status = SCAN_TEMPFAIL;

	if (scan_read(scan, '\0', ANSWER_MAX, &answer))
		status = read_answer(scan, answer.data, text);
	if (status == SCAN_TEMPFAIL)
		buf_puts(text, scan->errmsg.data);
	buf_free(&answer);
	return status;
}
