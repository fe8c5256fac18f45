/* reply - a reason becomes the words a sender reads */

#include "words/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "model/finding.h"
#include "model/session.h"
#include "model/site.h"
#include "words/template.h"

const char *const disclose_names[] = { "full", "reason", "nothing", NULL };

/* The text where the admin discloses nothing (RFC 7372 section 5). */
static const char neutral_what[] = "The policy of {name} does not allow this.";
static const char neutral_remedy[] = "The postmaster of {name} can explain.";
static const struct reason_code neutral_permanent = { 550, "5.7.0" };
static const struct reason_code neutral_temporary = { 450, "4.7.0" };

/* The last line where there is no page. */
static const char by_contact[] = "Questions: write to {contact} and quote {id}";

static const char *
show_address(const struct mailbox *m)
{
	if (m->null)
		return "<>";
	return m->text;
}

/*
 * The fields of one finding. The client's text form needs room of its own,
 * hence the lookup works on this struct rather than on struct reply_facts.
 */
struct values {
	const struct reply_facts *facts;
	char client[IP_TEXT];
};

static const char *
session_value(const struct session *s, const char *client, const char *name)
{
	const struct mailbox *rcpt =
	    s->rcpt != NULL ? &s->rcpt->mailbox : NULL;

	if (strcmp(name, "client") == 0)
		return *client != '\0' ? client : NULL;
	if (strcmp(name, "client_name") == 0)
		return s->client_name;
	if (strcmp(name, "helo") == 0)
		return s->helo;
	if (strcmp(name, "sender") == 0)
		return show_address(&s->sender);
	if (strcmp(name, "sender_domain") == 0)
		return s->sender.domain;
	if (strcmp(name, "login") == 0)
		return s->login;
	if (strcmp(name, "rcpt") == 0)
		return rcpt != NULL ? show_address(rcpt) : NULL;
	if (strcmp(name, "rcpt_domain") == 0)
		return rcpt != NULL ? rcpt->domain : NULL;
	return NULL;
}

static const char *
evidence_value(const struct finding *f, const char *name)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (strcmp(evidence_name(f->evidence[i].key), name) == 0)
			return f->evidence[i].value;
	return NULL;
}

static const char *
look_up(const void *from, const char *field, size_t n)
{
	const struct values *v = from;
	const struct reply_facts *facts = v->facts;
	const char *value = NULL;
	char name[32];

	if (n >= sizeof name)
		return NULL;
	memcpy(name, field, n);
	name[n] = '\0';
	if (strcmp(name, "id") == 0)
		return facts->id;
	if (strcmp(name, "name") == 0)
		return facts->site->name;
	if (strcmp(name, "contact") == 0)
		return facts->site->contact;
	if (facts->finding != NULL)
		value = evidence_value(facts->finding, name);
	if (value == NULL && facts->session != NULL)
		value = session_value(facts->session, v->client, name);
	return value;
}

/* Where to break a text longer than `max`: at its last blank that fits. */
static size_t
fitting(const char *text, size_t n, size_t max)
{
	size_t cut;

	if (n <= max)
		return n;
	for (cut = max; cut > max / 2; cut--)
		if (text[cut] == ' ')
			return cut;
	return max;
}

/* Adds the text as one line, or as many as it needs. */
static void
add_text(struct reply *reply, const char *text, size_t n, size_t lines)
{
	size_t max, cut;

	while (n > 0 && reply->n < lines) {
		max = reply->n == 0 ? REPLY_FIRST_MAX : REPLY_LINE_MAX;
		cut = fitting(text, n, max);
		reply->lines[reply->n++] = mem_ndup(text, cut);
		while (cut < n && text[cut] == ' ')
			cut++;
		text += cut;
		n -= cut;
	}
}

static void
add_line(struct reply *reply, const char *template, const struct values *v,
    size_t max)
{
	struct buf line = BUF_INIT;

	template_expand(&line, template, look_up, v);
	add_text(reply, line.data, line.len, max);
	buf_free(&line);
}

/* The same, or words without fields where one of its fields is not known. */
static void
add_known(struct reply *reply, const char *template, const char *without,
    const struct values *v)
{
	add_line(reply, template_is_known(template, look_up, v) ? template :
	    without, v, REPLY_LINES_READ);
}

static struct reason_code
pick_code(const struct wording *w, enum action action)
{
	const struct reason *row = reason_get(w->reason);

	if (w->disclose == DISCLOSE_NOTHING)
		return action == ACTION_REJECT ? neutral_permanent :
		    neutral_temporary;
	if (action == ACTION_REJECT)
		return w->permanent.code != 0 ? w->permanent : row->permanent;
	return w->temporary.code != 0 ? w->temporary : row->temporary;
}

static const char *
pick_what(const struct wording *w)
{
	if (w->disclose == DISCLOSE_NOTHING)
		return neutral_what;
	if (w->disclose == DISCLOSE_REASON)
		return reason_prose(w->reason)->plain;
	return w->text != NULL ? w->text : reason_get(w->reason)->what;
}

static const char *
pick_remedy(const struct wording *w, enum action action)
{
	const struct reason *row = reason_get(w->reason);

	if (w->disclose != DISCLOSE_FULL)
		return neutral_remedy;
	if (w->remedy != NULL)
		return w->remedy;
	if (action == ACTION_TEMPFAIL && row->later != NULL)
		return row->later;
	return row->remedy;
}

void
reply_render(struct reply *reply, const struct wording *wording,
    enum action action, const struct reply_facts *facts)
{
	struct reason_code code = pick_code(wording, action);
	struct values v = { .facts = facts };

	if (!action_refuses(action) || code.code == 0 ||
	    code.code / 100 != (action == ACTION_REJECT ? 5 : 4))
		BUG("no reply of this class for this reason");
	reply_clear(reply);
	reply->code = code.code;
	snprintf(reply->status, sizeof reply->status, "%s", code.status);
	if (facts->session != NULL)
		ip_format(&facts->session->client, v.client);
	add_line(reply, pick_what(wording), &v, REPLY_LINES);
	add_line(reply, pick_remedy(wording, action), &v, REPLY_LINES);
	add_line(reply, facts->site->page != NULL ? facts->site->page :
	    by_contact, &v, REPLY_LINES);
}

void
reply_put_words(struct reply *reply, const struct wording *wording,
    enum action action, const struct reply_facts *facts, int from)
{
	struct values v = { .facts = facts };

	if (facts->session != NULL && facts->session->client.known)
		ip_format(&facts->session->client, v.client);
	if (from < 1)
		add_known(reply, pick_what(wording),
		    reason_prose(wording->reason)->plain, &v);
	if (from < 2)
		add_known(reply, pick_remedy(wording, action), neutral_remedy,
		    &v);
	add_line(reply, facts->site->page != NULL ? facts->site->page :
	    by_contact, &v, REPLY_LINES_READ);
}

void
reply_clear(struct reply *reply)
{
	size_t i;

	for (i = 0; i < reply->n; i++)
		free(reply->lines[i]);
	memset(reply, 0, sizeof *reply);
}

void
reply_copy(struct reply *to, const struct reply *from)
{
	size_t i;

	reply_clear(to);
	*to = *from;
	for (i = 0; i < from->n; i++)
		to->lines[i] = mem_dup(from->lines[i]);
}

void
reply_print(const struct reply *reply, struct buf *out)
{
	size_t i;

	if (reply->code != 0)
		buf_printf(out, "%d ", reply->code);
	buf_puts(out, reply->status);
	for (i = 0; i < reply->n; i++)
		buf_printf(out, "%s%s", i == 0 ? " " : " / ", reply->lines[i]);
}
