/* spamd - one message to SpamAssassin's spamd */

#include "scanners/spamd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ANSWER_MAX 65536

/* Without a length it reads up to the end of what is sent. */
void
spamd_begin(struct scan *scan, struct scanner *s, const char *user,
    long long timeout, int64_t deadline)
{
	struct buf head = BUF_INIT;

	buf_puts(&head, "SYMBOLS SPAMC/1.5\r\n");
	if (user != NULL)
		buf_printf(&head, "User: %s\r\n", user);
	buf_puts(&head, "\r\n");
	scan_open(scan, s, timeout, deadline, true);
	scan_write(scan, head.data, head.len, deadline);
	buf_free(&head);
}

void
spamd_end(struct scan *scan)
{
	scan_shut(scan);
}

/* "SPAMD/1.1 0 EX_OK" */
static bool
is_good(const char *answer)
{
	const char *blank = strchr(answer, ' ');

	return strncmp(answer, "SPAMD/", 6) == 0 && blank != NULL &&
	    strtol(blank, NULL, 10) == 0 && blank[1] == '0';
}

/* "Spam: True ; 1000.0 / 5.0" */
static bool
read_spam(const char *answer, struct spamd_verdict *v)
{
	const char *line = strcasestr(answer, "\nSpam:");
	char word[8];

	if (line == NULL || sscanf(line + 6, " %7[A-Za-z] ; %lf / %lf", word,
	    &v->score, &v->limit) != 3)
		return false;
	v->spam = strcasecmp(word, "True") == 0 ||
	    strcasecmp(word, "Yes") == 0;
	return true;
}

static void
read_symbols(const char *answer, struct buf *symbols)
{
	const char *body = strstr(answer, "\r\n\r\n");

	if (body != NULL)
		buf_put(symbols, body + 4, strcspn(body + 4, "\r\n"));
}

enum scan_status
spamd_verdict(struct scan *scan, struct spamd_verdict *v)
{
	struct buf answer = BUF_INIT;
	enum scan_status status = SCAN_TEMPFAIL;

	if (!scan_read(scan, -1, ANSWER_MAX, &answer)) {
		/* scan->errmsg says why */
	} else if (answer.len == 0) {
		scan_fail(scan, "no answer: it ended the connection");
	} else if (!is_good(answer.data) || !read_spam(answer.data, v)) {
		scan_fail(scan, "spamd says: %.60s", answer.data);
	} else {
		read_symbols(answer.data, &v->symbols);
		status = v->spam ? SCAN_FOUND : SCAN_CLEAN;
		scan_done(scan, false);
	}
	buf_free(&answer);
	return status;
}
