/* quote - the reply that a line of a mail log quotes */

#include "maillog/quote.h"

#include <ctype.h>
#include <string.h>

/* How a logged reply begins and ends; the first row that matches counts. */
static const struct form {
	const char *sign;	/* what shows this kind of line */
	const char *from;	/* the reply is behind this, searched behind
				   the sign; NULL: right behind the sign */
	const char *until;	/* … and before this; NULL: the end */
	bool last;		/* the last `until` of the line */
} forms[] = {
	/* Postfix smtp(8), lmtp(8): another server's words */
	{ " said: ", NULL, " (in reply to", false },
	{ "refused to talk to me: ", NULL, ")", true },
	{ "status=bounced (", NULL, ")", true },
	{ "status=deferred (", NULL, ")", true },
	{ "status=expired (", NULL, ")", true },
	/* Postfix smtpd(8), postscreen(8), cleanup(8) */
	{ "milter-reject: ", "]: ", "; from=", false },
	{ "reject: header ", "helo=", NULL, false },
	{ "reject: body ", "helo=", NULL, false },
	{ "reject: mime-header ", "helo=", NULL, false },
	{ "reject: ", "]: ", "; from=", false },
	{ "reject: ", "]:", "; from=", false },
	{ "reject_warning: ", "]: ", "; from=", false },
	/* Sendmail */
	{ ", reject=", NULL, NULL, false },
	{ ", stat=", NULL, NULL, false },
	/* OpenSMTPD: what another server said, what it said itself */
	{ " result=\"PermFail\" ", "stat=\"", "\"", true },
	{ " result=\"TempFail\" ", "stat=\"", "\"", true },
	{ "failed-command ", "result=\"", "\"", true },
	/* Exim */
	{ "SMTP error from remote mail", ": ", NULL, false },
	{ " ** ", ": ", NULL, false },
	{ " == ", " defer (", NULL, false },
	{ " rejected RCPT ", ": ", NULL, false },
	{ " rejected MAIL ", ": ", NULL, false },
	{ " rejected after DATA: ", NULL, NULL, false },
	{ " rejected EHLO or HELO ", ": ", NULL, false },
	{ " rejected connection in ", ": ", NULL, false },
	{ " authenticator failed for ", ": ", " (set_id=", false },
	{ " sender verify fail for ", ": ", NULL, false },
	{ "SMTP protocol synchronization error", NULL, NULL, false },
	/* Courier */
	{ ",addr=<", ">: ", NULL, false },
	{ "error,relay=", ">: ", NULL, false },
	/* qmail */
	{ " Remote host said: ", NULL, NULL, false },
	{ "_does_not_like_recipient./Remote_host_said:_", NULL, NULL, false },
	{ "delivery ", ": failure: ", NULL, false },
	{ "delivery ", ": deferral: ", NULL, false },
};

/* Lines of these tell of what went well in the same places. */
static const char *const no_refusals[] = { "Sent", "250 ", "status: success" };

static const char *
find(const char *p, const char *end, const char *what)
{
	return memmem(p, (size_t)(end - p), what, strlen(what));
}

static const char *
find_last(const char *p, const char *end, const char *what)
{
	const char *at, *found = NULL;

	while ((at = find(p, end, what)) != NULL) {
		found = at;
		p = at + 1;
	}
	return found;
}

/* "550" and no letter or digit behind it. */
static bool
is_code(const char *p, const char *end)
{
	return end - p >= 3 && (*p == '4' || *p == '5') &&
	    isdigit((unsigned char)p[1]) && isdigit((unsigned char)p[2]) &&
	    (end - p == 3 || !isalnum((unsigned char)p[3]));
}

/*
 * Exim names hosts before the reply: it begins with the last code of ": 5yz".
 */
static const char *
skip_to_code(const char *p, const char *end)
{
	const char *at;

	for (at = p; (at = find(at, end, ": ")) != NULL; at += 2)
		if (is_code(at + 2, end))
			return at + 2;
	return p;
}

/* postscreen: "from [192.0.2.7]:4711: 550 …" */
static const char *
skip_port(const char *p, const char *end)
{
	const char *at = p;

	while (at < end && isdigit((unsigned char)*at))
		at++;
	return at > p && end - at > 1 && at[0] == ':' && at[1] == ' ' ?
	    at + 2 : p;
}

static void
trim(const char **from, const char **to)
{
	while (*from < *to && isspace((unsigned char)**from))
		(*from)++;
	while (*to > *from && isspace((unsigned char)(*to)[-1]))
		(*to)--;
}

static bool
went_well(const char *from, const char *to)
{
	size_t i, n;

	for (i = 0; i < sizeof no_refusals / sizeof no_refusals[0]; i++) {
		n = strlen(no_refusals[i]);
		if ((size_t)(to - from) >= n &&
		    memcmp(from, no_refusals[i], n) == 0)
			return true;
	}
	return false;
}

static bool
matches(const struct form *f, const char *line, const char *end,
    struct quote *q)
{
	const char *from = find(line, end, f->sign), *to = end;

	if (from == NULL)
		return false;
	from += strlen(f->sign);
	if (f->from != NULL) {
		from = find(from, end, f->from);
		if (from == NULL)
			return false;
		from += strlen(f->from);
	}
	/* cleanup: "… helo=<name>: 5.7.1 text" */
	if (f->from != NULL && strcmp(f->from, "helo=") == 0) {
		from = find(from, end, ": ");
		if (from == NULL)
			return false;
	}
	if (strncmp(f->sign, "SMTP error", 10) == 0)
		from = skip_to_code(from, end);
	if (f->until != NULL) {
		to = f->last ? find_last(from, end, f->until) :
		    find(from, end, f->until);
		if (to == NULL)
			to = end;
	}
	if (from < to && *from == ':')
		from++;
	from = skip_port(from, to);
	trim(&from, &to);
	/* "defer (113): words" */
	if (f->from != NULL && strcmp(f->from, " defer (") == 0 &&
	    find(from, to, "): ") != NULL)
		from = find(from, to, "): ") + 3;
	if (went_well(from, to))
		return false;
	q->reply = from;
	q->n = (size_t)(to - from);
	return q->n > 0;
}

/*
 * A reply in a line of a kind that is not known: a code behind a sign that
 * opens something ('"', '=', ',' …), up to what closes it. Haraka and
 * Exchange (message tracking, protocol logs) write so.
 */
static bool
find_code(const char *line, const char *end, struct quote *q)
{
	static const char opens[] = ":=,'\">{(", closes[] = "\n},'\"\n})";
	const char *p, *back, *sign, *to;

	for (p = line + 1; p + 4 < end; p++) {
		if (!is_code(p, end) || (p[3] != ' ' && p[3] != '-'))
			continue;
		back = p[-1] == ' ' && p - line > 1 ? p - 2 : p - 1;
		sign = *back != '\0' ? strchr(opens, *back) : NULL;
		if (sign == NULL || (!isalpha((unsigned char)p[4]) &&
		    p[4] != '<' && p[4] != '#' && p[5] != '.'))
			continue;
		to = memchr(p, closes[sign - opens], (size_t)(end - p));
		q->reply = p;
		q->n = (size_t)((to != NULL ? to : end) - p);
		return true;
	}
	return false;
}

/* The command that was answered, where the line tells it. */
static enum topic
about_of(const char *line, const char *end)
{
	static const struct {
		const char *sign;
		enum topic about;
	} signs[] = {
		{ "in reply to MAIL FROM", TOPIC_SENDER },
		{ "after MAIL FROM:", TOPIC_SENDER },
		{ "after pipelined MAIL FROM:", TOPIC_SENDER },
		{ " rejected MAIL ", TOPIC_SENDER },
		{ " sender verify fail for ", TOPIC_SENDER },
		{ "in reply to EHLO", TOPIC_HELO },
		{ "in reply to HELO", TOPIC_HELO },
		{ "after EHLO ", TOPIC_HELO },
		{ "after HELO ", TOPIC_HELO },
		{ " rejected EHLO or HELO ", TOPIC_HELO },
		{ "in reply to end of DATA", TOPIC_MESSAGE },
		{ "after end of data", TOPIC_MESSAGE },
		{ " rejected after DATA: ", TOPIC_MESSAGE },
		{ "in reply to RCPT TO", TOPIC_RECIPIENT },
		{ "after RCPT TO:", TOPIC_RECIPIENT },
		{ "SMTP error from remote", TOPIC_NONE },
		{ " ** ", TOPIC_SERVER },
		{ " == ", TOPIC_SERVER },
	};
	size_t i;

	for (i = 0; i < sizeof signs / sizeof signs[0]; i++)
		if (find(line, end, signs[i].sign) != NULL)
			return signs[i].about;
	return TOPIC_NONE;
}

/* "name=value" or "name=<value>". */
static void
take_value(const char *line, const char *end, const char *name,
    const char **value, size_t *n)
{
	const char *p = find(line, end, name), *from;

	if (p == NULL)
		return;
	p += strlen(name);
	if (p < end && *p == '<')
		p++;
	from = p;
	while (p < end && *p != '>' && *p != ',' && *p != ' ')
		p++;
	if (p > from) {
		*value = from;
		*n = (size_t)(p - from);
	}
}

/* A reply by itself begins with its code, its status or neither of a log's
   signs. */
static bool
is_reply(const char *line, const char *end)
{
	const char *p = line;

	while (p < end && (*p == ' ' || *p == '"'))
		p++;
	if (is_code(p, end))
		return true;
	return end - p > 5 && (*p == '4' || *p == '5') && p[1] == '.' &&
	    isdigit((unsigned char)p[2]);
}

static void
take_rest(const char *line, const char *end, struct quote *q)
{
	static const char *const names[] = { " to=", " ** ", " == ",
		",addr=", ",to=" };
	size_t i;

	q->about = about_of(line, end);
	take_value(line, end, "dsn=", &q->status, &q->status_n);
	for (i = 0; i < sizeof names / sizeof names[0] &&
	    q->recipient == NULL; i++)
		take_value(line, end, names[i], &q->recipient,
		    &q->recipient_n);
	if (q->recipient_n > 0 && q->recipient[q->recipient_n - 1] == ':')
		q->recipient_n--;
}

bool
quote_find(const char *line, size_t n, struct quote *q)
{
	const char *end = line + n;
	bool found = false;
	size_t i;

	*q = (struct quote){ .reply = line, .n = n };
	if (is_reply(line, end))
		return false;
	for (i = 0; i < sizeof forms / sizeof forms[0] && !found; i++)
		found = matches(&forms[i], line, end, q);
	if (!found && quote_is_log(line, n))
		found = find_code(line, end, q);
	if (found) {
		take_rest(line, end, q);
		return true;
	}
	q->reply = line;
	q->n = n;
	return false;
}

/*
 * Compares with a form: A is a letter, 0 a digit or a blank, the rest itself.
 */
static bool
looks_like(const char *line, size_t n, const char *form)
{
	size_t i;

	for (i = 0; form[i] != '\0'; i++) {
		if (i == n)
			return false;
		if (form[i] == 'A' ? !isalpha((unsigned char)line[i]) :
		    form[i] == '0' ? !isdigit((unsigned char)line[i]) &&
		    line[i] != ' ' : line[i] != form[i])
			return false;
	}
	return true;
}

bool
quote_is_log(const char *line, size_t n)
{
	return looks_like(line, n, "AAA 00 00:00:00 ") ||
	    looks_like(line, n, "0000-00-00T00:00:00") ||
	    looks_like(line, n, "0000-00-00 00:00:00") ||
	    looks_like(line, n, "@40000000") ||
	    looks_like(line, n, "delivery 0") ||
	    looks_like(line, n, "[AAAA") || looks_like(line, n, "courieresm");
}
