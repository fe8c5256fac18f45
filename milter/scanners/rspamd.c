/* rspamd - one message to rspamd */

#include "scanners/rspamd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX (1024 * 1024)

void
rspamd_begin(struct scan *scan, struct scanner *s, const char *fields,
    long long timeout, int64_t deadline)
{
	struct buf head = BUF_INIT;

	buf_printf(&head, "POST /checkv2 HTTP/1.1\r\nHost: localhost\r\n"
	    "Connection: close\r\nTransfer-Encoding: chunked\r\n%s\r\n",
	    fields);
	scan_open(scan, s, timeout, deadline, true);
	scan_write(scan, head.data, head.len, deadline);
	buf_free(&head);
}

void
rspamd_put(struct scan *scan, const char *bytes, size_t n, int64_t deadline)
{
	char head[24];

	if (n == 0)
		return;
	snprintf(head, sizeof head, "%zx\r\n", n);
	scan_write(scan, head, strlen(head), deadline);
	scan_write(scan, bytes, n, deadline);
	scan_write(scan, "\r\n", 2, deadline);
}

void
rspamd_end(struct scan *scan, int64_t deadline)
{
	scan_write(scan, "0\r\n\r\n", 5, deadline);
}

/* "HTTP/1.1 200 OK" */
static int
status_of(const char *answer)
{
	const char *blank = strchr(answer, ' ');

	if (strncmp(answer, "HTTP/1.", 7) != 0 || blank == NULL)
		return 0;
	return (int)strtol(blank + 1, NULL, 10);
}

enum scan_status
rspamd_verdict(struct scan *scan, struct rspamd_verdict *v)
{
	struct buf answer = BUF_INIT;
	enum scan_status status = SCAN_TEMPFAIL;
	const char *body;

	if (scan_read(scan, -1, ANSWER_MAX, &answer)) {
		body = strstr(answer.data, "\r\n\r\n");
		if (status_of(answer.data) == 200 && body != NULL &&
		    rspamd_read(body + 4, answer.len -
		    (size_t)(body + 4 - answer.data), v)) {
			scan_done(scan, false);
			status = v->action == RSPAMD_NOTHING ? SCAN_CLEAN :
			    SCAN_FOUND;
		} else {
			scan_fail(scan, "rspamd says: %.60s", answer.data);
		}
	}
	buf_free(&answer);
	return status;
}
