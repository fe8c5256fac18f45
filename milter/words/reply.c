/* reply - a reason becomes the words a sender reads */

#include "words/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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
static const char neutral_remedy[] = "It was not delivered. The postmaster of "
    "{name} can explain: write to {contact} and give the id {id}.";
static const char neutral_later[] = "{(}{by_program}It was not sent yet."
    "{|}It is still under way; the sending server tries again by itself.{)} "
    "If it has not got through after 24 hours, the postmaster of {name} can "
    "explain: write to {contact} and give the id {id}.";
static const struct reason_code neutral_permanent = { 550, "5.7.0" };
static const struct reason_code neutral_temporary = { 450, "4.7.0" };

#define SHOWN_FIELD 40

/* How a second line begins where no message is under way at all. */
static const char no_message[] = "No message is lost, for none was sent yet. ";

/* The last line where there is no page. */
static const char by_contact[] =
    "Questions: write to {contact} and quote the id {id}";

static const char *
show_address(const struct mailbox *m)
{
	if (m->null)
		return "<>";
	return m->text;
}

/*
 * The fields of one finding. Those that need room of their own have it here,
 * hence the lookup works on this struct rather than on struct reply_facts.
 */
struct values {
	const struct reply_facts *facts;
	char client[IP_TEXT];
	char size[24], limit[24];	/* in MB, "" where it is no number */
	/* what a limit counts: "12 messages since 10:00", of "100" */
	char counted[128], allowed[48];
};

/* What people count: "12.5 MB" of "12500000". */
static void
put_megabytes(char *out, size_t size, const char *bytes)
{
	char *end;
	unsigned long long n;

	if (bytes == NULL || *bytes < '0' || *bytes > '9')
		return;
	n = strtoull(bytes, &end, 10);
	if (*end != '\0')
		snprintf(out, size, "%.20s", bytes);
	else if (n < 1000)
		snprintf(out, size, "%llu bytes", n);
	else if (n < 1000000)
		snprintf(out, size, "%llu kB", n / 1000);
	else if (n < 10000000)
		snprintf(out, size, "%llu.%llu MB", n / 1000000,
		    n / 100000 % 10);
	else
		snprintf(out, size, "%llu MB", n / 1000000);
}

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
			return strcmp(f->evidence[i].value, "(no name)") == 0 ?
			    NULL : f->evidence[i].value;
	return NULL;
}

/* A message that is more than a limit allows in all its time. */
static bool
is_too_large(const struct finding *f)
{
	return f != NULL && evidence_value(f, "what") != NULL &&
	    evidence_value(f, "size") != NULL;
}

static bool
is_about(const struct finding *f, const char *what)
{
	const char *value = f != NULL ? evidence_value(f, "what") : NULL;

	return value != NULL && strcmp(value, what) == 0;
}

/*
 * Fields of the rows' own words: values in another form, and what is "" where
 * something is so and NULL where it is not.
 */
static const char *
condition_value(const struct values *v, const char *name)
{
	const struct session *s = v->facts->session;
	const struct finding *f = v->facts->finding;
	const char *domain;

	if (strcmp(name, "size_mb") == 0)
		return *v->size != '\0' ? v->size : NULL;
	if (strcmp(name, "limit_mb") == 0)
		return *v->limit != '\0' ? v->limit : NULL;
	if (strcmp(name, "counted") == 0)
		return *v->counted != '\0' ? v->counted : NULL;
	if (strcmp(name, "allowed") == 0)
		return *v->allowed != '\0' ? v->allowed : NULL;
	if (strcmp(name, "by_program") == 0)
		return s != NULL && (s->login != NULL || site_is_submission(
		    v->facts->site, s)) ? "" : NULL;
	if (strcmp(name, "others_say") == 0)
		return v->facts->others_say ? "" : NULL;
	if (strcmp(name, "unknown_rcpts") == 0)
		return is_about(f, "unknown recipients") ? "" : NULL;
	if (strcmp(name, "by_hand") == 0)
		return is_about(f, "by hand") ? "" : NULL;
	if (strcmp(name, "too_large") == 0)
		return is_too_large(f) ? "" : NULL;
	if (strcmp(name, "own") == 0)
		return f != NULL && f->check != NULL ? "" : NULL;
	if (strcmp(name, "yours") == 0 && f != NULL && s != NULL) {
		domain = evidence_value(f, "domain");
		return domain != NULL && s->sender.domain != NULL &&
		    strcasecmp(domain, s->sender.domain) == 0 ? "" : NULL;
	}
	return NULL;
}

/* Where a list has no page, its name stands for one. */
static bool
is_name_of_list(const struct finding *f, const char *url)
{
	const char *list = evidence_value(f, "list");

	return list != NULL && strcmp(list, url) == 0;
}

static const char *
lookup(const void *from, const char *field, size_t n)
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
	if (value != NULL && strcmp(name, "url") == 0 &&
	    is_name_of_list(facts->finding, value))
		return NULL;
	if (value == NULL && facts->session != NULL)
		value = session_value(facts->session, v->client, name);
	return value != NULL ? value : condition_value(v, name);
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

	template_expand(&line, template, lookup, v);
	add_text(reply, line.data, line.len, max);
	buf_free(&line);
}

/* A second line; its first sentence is what becomes of the message. */
static void
add_remedy(struct reply *reply, const char *template, const struct values *v,
    size_t max)
{
	struct buf all = BUF_INIT, line = BUF_INIT;
	const char *rest = NULL;

	template_expand(&all, template, lookup, v);
	if (v->facts->question && strncmp(all.data, "It ", 3) == 0)
		rest = strstr(all.data, ". ");
	if (rest != NULL)
		buf_puts(&line, no_message);
	buf_puts(&line, rest != NULL ? rest + 2 : all.data);
	add_text(reply, line.data, line.len, max);
	buf_free(&line);
	buf_free(&all);
}

/* The template, or the one without fields where one of its is not known. */
static const char *
known_of(const char *template, const char *without, const struct values *v)
{
	return template_is_known(template, lookup, v) ? template : without;
}

static struct reason_code
pick_code(const struct wording *w, enum action action,
    const struct finding *f)
{
	const struct reason *row = reason_get(w->reason);
	struct reason_code code = action == ACTION_REJECT ? row->permanent :
	    row->temporary;

	if (w->disclose == DISCLOSE_NOTHING)
		return action == ACTION_REJECT ? neutral_permanent :
		    neutral_temporary;
	if (action == ACTION_REJECT && w->permanent.code != 0)
		return w->permanent;
	if (action == ACTION_TEMPFAIL && w->temporary.code != 0)
		return w->temporary;
	if (action == ACTION_REJECT && f != NULL && f->code != 0) {
		code.code = f->code;
		if (*f->status != '\0')
			code.status = f->status;
	}
	return code;
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

/* Words that are true whatever is known. */
static const char *
row_remedy(const struct wording *w, enum action action)
{
	const struct reason *row = reason_get(w->reason);

	if (w->disclose != DISCLOSE_FULL)
		return action == ACTION_TEMPFAIL ? neutral_later :
		    neutral_remedy;
	return action == ACTION_TEMPFAIL ? row->later : row->remedy;
}

static const char *
pick_remedy(const struct wording *w, enum action action)
{
	return w->disclose == DISCLOSE_FULL && w->remedy != NULL ? w->remedy :
	    row_remedy(w, action);
}

/* "12 messages", "1 message", "1 country of login" */
static void
put_things(char *out, size_t size, const char *count, const char *what)
{
	const char *noun_end = strstr(what, " of ");
	size_t n;

	if (noun_end == NULL)
		noun_end = strstr(what, " by ");
	n = noun_end != NULL ? (size_t)(noun_end - what) : strlen(what);
	if (strcmp(count, "1") != 0 || n < 4 || what[n - 1] != 's')
		snprintf(out, size, "%.20s %.30s", count, what);
	else if (memcmp(what + n - 3, "ies", 3) == 0)
		snprintf(out, size, "1 %.*sy%.20s", (int)n - 3, what, what + n);
	else
		snprintf(out, size, "1 %.*s%.20s", (int)n - 1, what, what + n);
}

/* "12 messages since 10:00", "31 MB since 10:00", "a message of 40 MB" */
static void
put_counted(struct values *v, const struct finding *f)
{
	const char *what = evidence_value(f, "what");
	const char *count = evidence_value(f, "count");
	const char *limit = evidence_value(f, "limit");
	const char *since = evidence_value(f, "since");
	char things[56] = "";

	if (what == NULL || count == NULL || limit == NULL)
		return;
	if (strcmp(what, "bytes") == 0) {
		put_megabytes(things, sizeof things, count);
		put_megabytes(v->allowed, sizeof v->allowed, limit);
	} else {
		put_things(things, sizeof things, count, what);
		snprintf(v->allowed, sizeof v->allowed, "%.20s", limit);
	}
	if (is_too_large(f))
		snprintf(v->counted, sizeof v->counted, "a message of %s%s",
		    *v->size != '\0' ? "" : "more than ",
		    *v->size != '\0' ? v->size : v->allowed);
	else if (since != NULL)
		snprintf(v->counted, sizeof v->counted, "%s since %.60s",
		    things, since);
}

static void
begin_values(struct values *v, const struct reply_facts *facts)
{
	const struct session *s = facts->session;
	const struct finding *f = facts->finding;

	memset(v, 0, sizeof *v);
	v->facts = facts;
	if (s != NULL && s->client.known)
		ip_format(&s->client, v->client);
	if (f != NULL) {
		put_megabytes(v->size, sizeof v->size,
		    evidence_value(f, "size"));
		put_megabytes(v->limit, sizeof v->limit,
		    evidence_value(f, "limit"));
		if (strcmp(v->size, v->limit) == 0)
			v->size[0] = '\0';	/* rounded, it tells nothing */
		put_counted(v, f);
	}
}

/*
 * What the admin wrote for whoever is refused stands in the first line, the
 * only one that every door passes on; alone where both are too long for it.
 */
static void
add_comment(struct reply *reply, const struct wording *wording,
    const struct finding *f)
{
	const char *words = f != NULL && f->tells && wording->text == NULL &&
	    wording->disclose == DISCLOSE_FULL && reply->n == 1 ?
	    finding_value(f, EVIDENCE_COMMENT) : NULL;
	struct buf line = BUF_INIT;

	if (words == NULL)
		return;
	if (strlen(reply->lines[0]) + strlen(words) < REPLY_FIRST_MAX)
		buf_printf(&line, "%s ", reply->lines[0]);
	template_put_safe(&line, words, strlen(words));
	free(reply->lines[--reply->n]);
	add_text(reply, line.data, line.len < REPLY_FIRST_MAX ? line.len :
	    REPLY_FIRST_MAX, REPLY_LINES);
	buf_free(&line);
}

/* Where there is a page, its address; else whom to ask. */
static void
add_pointer(struct reply *reply, const struct values *v, size_t max)
{
	const struct site *site = v->facts->site;

	add_line(reply, site->page != NULL ? site->page : by_contact, v, max);
}

void
reply_render(struct reply *reply, const struct wording *wording,
    enum action action, const struct reply_facts *facts)
{
	struct reason_code code = pick_code(wording, action, facts->finding);
	struct values v;

	if (!action_refuses(action) || code.code == 0 ||
	    code.code / 100 != (action == ACTION_REJECT ? 5 : 4))
		BUG("no reply of this class for this reason");
	reply_clear(reply);
	reply->code = code.code;
	snprintf(reply->status, sizeof reply->status, "%s", code.status);
	begin_values(&v, facts);
	if (wording->text != NULL)
		add_line(reply, pick_what(wording), &v, REPLY_LINES);
	else
		add_line(reply, known_of(pick_what(wording),
		    reason_prose(wording->reason)->plain, &v), &v,
		    REPLY_LINES_READ);
	if (reply->n == 0)
		add_line(reply, reason_prose(wording->reason)->plain, &v,
		    REPLY_LINES);
	add_comment(reply, wording, facts->finding);
	add_remedy(reply, pick_remedy(wording, action), &v, REPLY_LINES);
	add_pointer(reply, &v, REPLY_LINES);
}

void
reply_put_words(struct reply *reply, const struct wording *wording,
    enum action action, const struct reply_facts *facts, int from)
{
	struct values v;

	begin_values(&v, facts);
	if (from < 1)
		add_line(reply, known_of(pick_what(wording),
		    reason_prose(wording->reason)->plain, &v), &v,
		    REPLY_LINES_READ);
	if (from < 2)
		add_remedy(reply, known_of(pick_remedy(wording, action),
		    row_remedy(wording, action), &v), &v, REPLY_LINES_READ);
	add_pointer(reply, &v, REPLY_LINES_READ);
}

/* For reply_show(): each field reads as its name. */
static const char *
name_of(const void *room, const char *field, size_t n)
{
	static const char *const left_out[] = { "by_program", "others_say",
		"unknown_rcpts", "too_large", "by_hand", "own", "yours",
		"missing", "charset" };
	char *out = *(char *const *)room;
	size_t i;

	for (i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
		if (strlen(left_out[i]) == n &&
		    memcmp(left_out[i], field, n) == 0)
			return NULL;
	snprintf(out, SHOWN_FIELD, "{%.*s}", (int)n, field);
	return out;
}

void
reply_show(const char *template, struct buf *out)
{
	char room[SHOWN_FIELD], *const at = room;

	template_expand(out, template, name_of, &at);
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
