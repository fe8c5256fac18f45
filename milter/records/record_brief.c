/* record_brief - a record as one key=value line for syslog */

#include "records/record.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "records/privacy.h"
#include "records/recorder.h"
#include "words/reason.h"

#define RECIPIENTS_MAX 5

/* Values are quoted where a blank stands in them, never a control character. */
static void
put(struct buf *out, const char *key, const char *value)
{
	bool quote;
	const char *p;

	if (value == NULL || *value == '\0')
		return;
	quote = strpbrk(value, " \"=") != NULL;
	buf_printf(out, " %s=%s", key, quote ? "\"" : "");
	for (p = value; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			buf_putc(out, '\\');
		if (*p >= ' ' && *p <= '~')
			buf_putc(out, *p);
		else
			buf_printf(out, "\\x%02x", (unsigned char)*p);
	}
	if (quote)
		buf_putc(out, '"');
}

static void
put_private(struct buf *out, const char *key, const char *text,
    const struct record_options *opt)
{
	struct buf b = BUF_INIT;

	buf_putc(&b, '<');
	privacy_put(&b, (enum privacy)opt->privacy, text);
	buf_putc(&b, '>');
	put(out, key, b.data);
	buf_free(&b);
}

static void
put_reply(struct buf *out, const struct reply *reply,
    const struct record_options *opt)
{
	struct buf line = BUF_INIT, safe = BUF_INIT;

	reply_print(reply, &line);
	privacy_put(&safe, (enum privacy)opt->privacy, line.data);
	put(out, "reply", safe.data);
	buf_free(&line);
	buf_free(&safe);
}

static void
put_login(struct buf *out, const char *login,
    const struct record_options *opt)
{
	struct buf b = BUF_INIT;

	if (login == NULL)
		return;
	privacy_put_login(&b, (enum privacy)opt->privacy, login);
	put(out, "login", b.data);
	buf_free(&b);
}

/* Since when it waited, and how long. */
static void
put_evidence(struct buf *out, const struct finding *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		put(out, evidence_name(f->evidence[i].key),
		    f->evidence[i].value);
}

/* After the dot a reply is about all that were accepted. */
static void
put_recipients(struct buf *out, const struct session *s,
    const struct record_options *opt)
{
	struct buf rest = BUF_INIT;
	size_t i, n = 0;

	if (s->rcpt != NULL) {
		put_private(out, "to", s->rcpt->mailbox.text, opt);
		return;
	}
	for (i = 0; i < s->nrecipients; i++)
		if (s->recipients[i].accepted && n++ < RECIPIENTS_MAX)
			put_private(out, "to", s->recipients[i].mailbox.text,
			    opt);
	if (n > RECIPIENTS_MAX) {
		buf_printf(&rest, "%zu", n - RECIPIENTS_MAX);
		put(out, "more", rest.data);
	}
	buf_free(&rest);
}

void
record_brief(const struct record *r, const struct record_options *opt,
    struct buf *out)
{
	const struct session *s = r->session;
	char ip[IP_TEXT];

	buf_puts(out, outcome_names[r->outcome]);
	put(out, "id", r->id);
	if (r->reason != REASON_NONE)
		put(out, "reason", reason_get(r->reason)->name);
	if (r->decision != NULL) {
		put(out, "check", r->decision->because.finding->check);
		put(out, "exception", r->decision->because.exception);
	}
	put(out, "issuer", issuer_names[r->issuer]);
	put(out, "stage", stage_name(r->stage));
	put(out, "queue", s->queue_id);
	put(out, "client", ip_format(&s->client, ip));
	put(out, "name", s->client_name);
	put(out, "helo", s->helo);
	put_login(out, s->login, opt);
	if (s->sender.text != NULL)
		put_private(out, "from", s->sender.text, opt);
	put_recipients(out, s, opt);
	if (r->outcome == OUTCOME_TAKEN)
		put_evidence(out, r->decision->because.finding);
	if (r->reply != NULL)
		put_reply(out, r->reply, opt);
}
