/* record_json - a record as one JSON object (doc/record.schema.json) */

#include "records/record.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "records/privacy.h"
#include "records/recorder.h"
#include "words/reason.h"

/* The record, and how much of it may be written. */
struct telling {
	const struct record *r;
	const struct record_options *opt;
	struct json json;
};

static void
put_private(struct telling *t, const char *text)
{
	struct buf b = BUF_INIT;

	privacy_put(&b, (enum privacy)t->opt->privacy, text);
	json_string_n(&t->json, b.data, b.len);
	buf_free(&b);
}

static void
put_reply(struct telling *t, const char *key, const struct reply *reply)
{
	size_t i;

	if (reply == NULL)
		return;
	json_key(&t->json, key);
	json_object(&t->json);
	json_key(&t->json, "code");
	if (reply->code != 0)
		json_int(&t->json, reply->code);
	else
		json_null(&t->json);
	json_member(&t->json, "status", reply->status);
	json_key(&t->json, "lines");
	json_array(&t->json);
	for (i = 0; i < reply->n; i++)
		put_private(t, reply->lines[i]);
	json_array_end(&t->json);
	json_object_end(&t->json);
}

static void
put_peer(struct telling *t, const char *key, const struct ip *ip,
    unsigned port, const char *name_key, const char *name)
{
	char text[IP_TEXT];

	json_key(&t->json, key);
	json_object(&t->json);
	if (ip->known)
		json_member(&t->json, "address", ip_format(ip, text));
	if (port != 0) {
		json_key(&t->json, "port");
		json_int(&t->json, port);
	}
	json_member(&t->json, name_key, name);
	json_object_end(&t->json);
}

static void
put_login(struct telling *t, const char *login)
{
	struct buf b = BUF_INIT;

	if (login == NULL)
		return;
	privacy_put_login(&b, (enum privacy)t->opt->privacy, login);
	json_member(&t->json, "login", b.data);
	buf_free(&b);
}

/* The one at RCPT; after DATA all that we accepted. */
static void
put_recipients(struct telling *t)
{
	const struct session *s = t->r->session;
	size_t i;

	json_key(&t->json, "recipients");
	json_array(&t->json);
	if (s->rcpt != NULL)
		put_private(t, s->rcpt->mailbox.text);
	else
		for (i = 0; i < s->nrecipients; i++)
			if (s->recipients[i].accepted)
				put_private(t,
				    s->recipients[i].mailbox.text);
	json_array_end(&t->json);
}

static void
put_session(struct telling *t)
{
	const struct session *s = t->r->session;

	put_peer(t, "server", &s->server, s->server_port, "daemon",
	    s->daemon);
	put_peer(t, "client", &s->client, s->client_port, "name",
	    s->client_name);
	json_member(&t->json, "helo", s->helo);
	json_member(&t->json, "tls", s->tls);
	put_login(t, s->login);
	if (s->sender.text != NULL) {
		json_key(&t->json, "sender");
		put_private(t, s->sender.text);
	}
	put_recipients(t);
	json_member(&t->json, "queue_id", s->queue_id);
	json_member(&t->json, "message_id",
	    session_find_header(s, "Message-ID"));
}

static void
put_evidence(struct telling *t, const struct finding *f)
{
	size_t i;

	json_key(&t->json, "evidence");
	json_object(&t->json);
	for (i = 0; i < f->n; i++) {
		if (f->evidence[i].key == EVIDENCE_MATCHED &&
		    !t->opt->matched_text)
			continue;
		json_key(&t->json, evidence_name(f->evidence[i].key));
		put_private(t, f->evidence[i].value);
	}
	json_object_end(&t->json);
}

static void
put_also(struct telling *t, const struct decision *d)
{
	size_t i;

	json_key(&t->json, "also");
	json_array(&t->json);
	for (i = 0; i < d->nalso; i++) {
		json_object(&t->json);
		json_member(&t->json, "reason",
		    reason_get(d->also[i].finding->reason)->name);
		json_member(&t->json, "check", d->also[i].finding->check);
		json_member(&t->json, "action",
		    action_name(d->also[i].action));
		json_member(&t->json, "exception", d->also[i].exception);
		put_evidence(t, d->also[i].finding);
		json_object_end(&t->json);
	}
	json_array_end(&t->json);
}

static void
put_head(struct telling *t)
{
	const struct record *r = t->r;
	char time[CLOCK_TEXT];

	json_key(&t->json, "v");
	json_int(&t->json, RECORD_VERSION);
	json_member(&t->json, "time", clock_rfc3339(&r->time, time));
	json_member(&t->json, "id", r->id);
	json_member(&t->json, "host", r->host);
	json_member(&t->json, "issuer", issuer_names[r->issuer]);
	json_member(&t->json, "software", r->software);
	if (r->from_log)
		json_member(&t->json, "source", "log");
	json_member(&t->json, "direction", record_direction(r));
	json_member(&t->json, "outcome", outcome_names[r->outcome]);
	json_member(&t->json, "stage", stage_name(r->stage));
	if (r->reason != REASON_NONE) {
		json_member(&t->json, "reason", reason_get(r->reason)->name);
		json_member(&t->json, "who",
		    who_name(reason_who(r->reason,
		    outcome_is_final(r->outcome))));
	}
}

void
record_json(const struct record *r, const struct record_options *opt,
    struct buf *out)
{
	struct telling t = { .r = r, .opt = opt, .json = JSON_INIT(out) };
	const struct decision *d = r->decision;

	json_object(&t.json);
	put_head(&t);
	if (d != NULL) {
		json_member(&t.json, "check", d->because.finding->check);
		json_member(&t.json, "exception", d->because.exception);
	}
	put_reply(&t, "reply", r->reply);
	put_reply(&t, "was", r->was);
	if (r->unjoined) {
		json_key(&t.json, "joined");
		json_bool(&t.json, false);
	}
	put_session(&t);
	if (d != NULL) {
		put_evidence(&t, d->because.finding);
		put_also(&t, d);
	}
	json_member(&t.json, "mode", mode_names[r->mode]);
	json_member(&t.json, "policy", r->policy);
	json_key(&t.json, "ms");
	json_double(&t.json, (double)r->us / 1000.0);
	json_object_end(&t.json);
}
