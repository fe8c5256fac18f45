/* reply_read - codes and statuses that others wrote: the MTA, the admin */

#include "words/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

bool
reply_code_check(long long code, struct buf *errmsg)
{
	if (code < 400 || code > 559 || code / 10 % 10 > 5) {
		buf_printf(errmsg, "%lld is no code of a refusal; it is 4yz or "
		    "5yz with a second digit of 0 to 5", code);
		return false;
	}
	if (code == 421 || code == 521) {
		buf_printf(errmsg, "%lld would close the whole session; use %s",
		    code, code == 421 ? "450 or 451" : "550 or 554");
		return false;
	}
	return true;
}

/* One to three digits without a leading zero, then `end`. */
static const char *
skip_number(const char *p, char end)
{
	size_t n = strspn(p, "0123456789");

	if (n < 1 || n > 3 || (n > 1 && *p == '0') || p[n] != end)
		return NULL;
	return p + n + (end != '\0');
}

bool
reply_status_check(const char *status, struct buf *errmsg)
{
	const char *p = NULL;

	if ((status[0] == '4' || status[0] == '5') && status[1] == '.')
		p = skip_number(status + 2, '.');
	if (p != NULL)
		p = skip_number(p, '\0');
	if (p == NULL)
		buf_printf(errmsg, "\"%s\" is no enhanced status of a refusal; "
		    "it looks like 5.7.1 or 4.7.0 (RFC 3463 section 2)",
		    status);
	return p != NULL;
}

size_t
reply_status_length(const char *text)
{
	size_t n = strspn(text, "0123456789.");
	char status[sizeof ((struct reply *)NULL)->status];
	struct buf errmsg = BUF_INIT;
	bool good;

	if (n == 0 || n >= sizeof status || (text[n] != ' ' && text[n] != '\0'))
		return 0;
	memcpy(status, text, n);
	status[n] = '\0';
	good = reply_status_check(status, &errmsg);
	buf_free(&errmsg);
	return good ? n : 0;
}

void
reply_read(struct reply *reply, const char *status, const char *text)
{
	size_t n;

	reply_clear(reply);
	if (text == NULL)
		text = "";
	/* "550-first 550 last" is how logs write a reply of several lines. */
	if (strspn(text, "0123456789") == 3 &&
	    (text[3] == ' ' || text[3] == '-') &&
	    (*text == '4' || *text == '5')) {
		reply->code = atoi(text);
		text += 4;
	}
	n = reply_status_length(text);
	if (n > 0) {
		memcpy(reply->status, text, n);
		text += n + strspn(text + n, " ");
	} else if (status != NULL &&
	    reply_status_length(status) == strlen(status))
		snprintf(reply->status, sizeof reply->status, "%s", status);
	if (*text != '\0')
		reply->lines[reply->n++] = mem_dup(text);
}
