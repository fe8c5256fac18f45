/* record_fields - a record as fields of the journal, SAYWHY_REASON=spf-fail */

#include "records/record.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/journal_entry.h"
#include "records/privacy.h"
#include "records/recorder.h"
#include "words/reason.h"

/* Each recipient is a value of the field; a message may have many. */
#define RECIPIENTS_MAX 100
#define NAME_MAX_BYTES 64	/* the journal takes no longer one */

struct fields {
	const struct record *r;
	const struct record_options *opt;
	struct buf *out;
};

/* What is not there is left out. */
static void
put(struct fields *f, const char *name, const char *value)
{
	if (value != NULL && *value != '\0')
		journal_entry_put(f->out, name, value);
}

/* The null sender is there, and empty. */
static void
put_private(struct fields *f, const char *name, const char *text)
{
	struct buf b = BUF_INIT;

	if (text == NULL)
		return;
	privacy_put(&b, (enum privacy)f->opt->privacy, text);
	journal_entry_put_n(f->out, name, b.data, b.len);
	buf_free(&b);
}

static void
put_login(struct fields *f, const char *login)
{
	struct buf b = BUF_INIT;

	if (login == NULL)
		return;
	privacy_put_login(&b, (enum privacy)f->opt->privacy, login);
	put(f, "SAYWHY_LOGIN", b.data);
	buf_free(&b);
}

static void
put_reply(struct fields *f, const struct reply *reply)
{
	char code[16];

	if (reply == NULL)
		return;
	snprintf(code, sizeof code, "%d", reply->code);
	put(f, "SAYWHY_REPLY_CODE", reply->code != 0 ? code : NULL);
	put(f, "SAYWHY_REPLY_STATUS", reply->status);
}

static void
put_recipients(struct fields *f)
{
	const struct session *s = f->r->session;
	size_t i, n = 0;

	if (s->rcpt != NULL) {
		put_private(f, "SAYWHY_RECIPIENT", s->rcpt->mailbox.text);
		return;
	}
	for (i = 0; i < s->nrecipients && n < RECIPIENTS_MAX; i++)
		if (s->recipients[i].accepted) {
			put_private(f, "SAYWHY_RECIPIENT",
			    s->recipients[i].mailbox.text);
			n++;
		}
}

static void
put_session(struct fields *f)
{
	const struct session *s = f->r->session;
	char ip[IP_TEXT];

	if (s->client.known)
		put(f, "SAYWHY_CLIENT_ADDRESS", ip_format(&s->client, ip));
	put(f, "SAYWHY_CLIENT_NAME", s->client_name);
	put(f, "SAYWHY_HELO", s->helo);
	put(f, "SAYWHY_TLS", s->tls);
	put_login(f, s->login);
	put_private(f, "SAYWHY_SENDER", s->sender.text);
	put_recipients(f);
	put(f, "SAYWHY_QUEUE_ID", s->queue_id);
	put(f, "SAYWHY_MESSAGE_ID", session_find_header(s, "Message-ID"));
}

/* "spf-record": SAYWHY_EVIDENCE_SPF_RECORD. */
static void
put_evidence(struct fields *f, const struct finding *finding)
{
	char name[NAME_MAX_BYTES + 1], *p;
	size_t i;

	for (i = 0; i < finding->n; i++) {
		if (finding->evidence[i].key == EVIDENCE_MATCHED &&
		    !f->opt->matched_text)
			continue;
		snprintf(name, sizeof name, "SAYWHY_EVIDENCE_%s",
		    evidence_name(finding->evidence[i].key));
		for (p = name; *p != '\0'; p++)
			*p = isalnum((unsigned char)*p) ?
			    (char)toupper((unsigned char)*p) : '_';
		put_private(f, name, finding->evidence[i].value);
	}
}

void
record_fields(const struct record *r, const struct record_options *opt,
    struct buf *out)
{
	struct fields f = { .r = r, .opt = opt, .out = out };
	const struct decision *d = r->decision;

	put(&f, "SAYWHY_ID", r->id);
	put(&f, "SAYWHY_HOST", r->host);
	put(&f, "SAYWHY_ISSUER", issuer_names[r->issuer]);
	put(&f, "SAYWHY_SOFTWARE", r->software);
	put(&f, "SAYWHY_DIRECTION", record_direction(r));
	put(&f, "SAYWHY_OUTCOME", outcome_names[r->outcome]);
	put(&f, "SAYWHY_STAGE", stage_name(r->stage));
	if (r->reason != REASON_NONE) {
		put(&f, "SAYWHY_REASON", reason_get(r->reason)->name);
		put(&f, "SAYWHY_WHO", who_name(reason_who(r->reason,
		    outcome_is_final(r->outcome))));
	}
	put_reply(&f, r->reply);
	put_session(&f);
	if (d != NULL) {
		put(&f, "SAYWHY_CHECK", d->because.finding->check);
		put(&f, "SAYWHY_EXCEPTION", d->because.exception);
		put_evidence(&f, d->because.finding);
	}
	put(&f, "SAYWHY_MODE", mode_names[r->mode]);
	put(&f, "SAYWHY_POLICY", r->policy);
}
