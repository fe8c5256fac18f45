/* explain_json - an explanation for programs: one object in one line */

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "explain/explain.h"
#include "words/reason.h"

static void
put_flags(struct json *j, unsigned flags)
{
	unsigned flag;

	json_key(j, "flags");
	json_array(j);
	for (flag = 1; recognise_flag_name(flag) != NULL; flag <<= 1)
		if ((flags & flag) != 0)
			json_string(j, recognise_flag_name(flag));
	json_array_end(j);
}

static void
put_captured(struct json *j, const struct recognised *r)
{
	enum capture c;

	json_key(j, "captured");
	json_object(j);
	for (c = 0; c < CAPTURE_COUNT; c++)
		if (r->captured[c].text != NULL) {
			json_key(j, capture_name(c));
			json_string_n(j, r->captured[c].text,
			    r->captured[c].n);
		}
	json_object_end(j);
}

static void
put_steps(struct json *j, const char *steps)
{
	size_t n;

	json_key(j, "steps");
	json_array(j);
	for (; *steps != '\0'; steps += n + (steps[n] == '\n')) {
		n = strcspn(steps, "\n");
		json_string_n(j, steps, n);
	}
	json_array_end(j);
}

void
explain_put_steps(struct buf *to, const struct explained *e)
{
	reason_put_steps(to, e->r.reason, recognised_is_final(&e->r),
	    reason_prose(e->r.reason)->steps, NULL);
}

static void
put_reason(struct json *j, const struct explained *e)
{
	const struct reason_prose *p = reason_prose(e->r.reason);
	struct buf steps = BUF_INIT;

	explain_put_steps(&steps, e);
	json_member(j, "title", p->title);
	json_member(j, "plain", p->plain);
	json_member(j, "page", p->page);
	put_steps(j, steps.data);
	json_member(j, "rfc", reason_get(e->r.reason)->rfc);
	buf_free(&steps);
}

/* What a code means that was given without a text. */
static void
put_code(struct json *j, const char *name)
{
	const struct code *c = code_find(name);

	if (c == NULL)
		c = code_class(name);
	if (c == NULL)
		return;
	json_member(j, "standing", code_standing_name(c->standing));
	json_member(j, "meaning", c->meaning);
	json_member(j, "follows", c->follows);
	json_member(j, "statuses", c->statuses);
	json_member(j, "remedy", c->remedy);
	json_member(j, "mistake", c->mistake);
	json_member(j, "instead", c->instead);
	json_member(j, "rfc", c->rfc);
}

static void
put_status(struct json *j, const char *name)
{
	const struct vendor_status *v;
	const struct status *s = status_nearest(name);
	size_t i;

	json_member(j, "meaning", s->meaning);
	json_member(j, "note", s->note);
	json_member(j, "codes", s->codes);
	json_member(j, "rfc", s->rfc);
	json_key(j, "vendors");
	json_array(j);
	for (i = 0; (v = vendor_find(name, NULL, i)) != NULL; i++) {
		json_object(j);
		json_member(j, "software", v->issuer);
		if (v->reason != REASON_NONE)
			json_member(j, "reason", reason_get(v->reason)->name);
		json_member(j, "meaning", v->meaning);
		json_member(j, "registered", v->registered);
		json_object_end(j);
	}
	json_array_end(j);
}

const char *
explain_who(const struct explained *e)
{
	const struct code *c = NULL;

	if (e->r.reason != REASON_NONE)
		return who_name(reason_who(e->r.reason,
		    recognised_is_final(&e->r)));
	if (e->is_code && (c = code_find(e->text)) == NULL)
		c = code_class(e->text);
	return c != NULL ? who_name(c->who) : NULL;
}

static void
put_numbers(struct json *j, const struct recognised *r)
{
	json_key(j, "code");
	if (r->code != 0)
		json_int(j, r->code);
	else
		json_null(j);
	json_key(j, "status");
	if (r->status[0] != '\0')
		json_string(j, r->status);
	else
		json_null(j);
}

void
explain_json(struct buf *to, const struct explained *e)
{
	struct json j = JSON_INIT(to);

	json_object(&j);
	json_key(&j, "reason");
	json_string(&j, e->r.reason != REASON_NONE ?
	    reason_get(e->r.reason)->name : NULL);
	json_member(&j, "confidence", confidence_name(e->r.confidence));
	json_key(&j, "software");
	json_string(&j, e->r.software);
	json_key(&j, "who");
	json_string(&j, explain_who(e));
	put_numbers(&j, &e->r);
	put_flags(&j, e->r.flags);
	put_captured(&j, &e->r);
	json_member(&j, "recipient", e->recipient);
	json_member(&j, "text", e->text);
	json_member(&j, "nothing", e->nothing);
	if (e->r.reason != REASON_NONE)
		put_reason(&j, e);
	else if (e->is_code)
		put_code(&j, e->text);
	else if (e->is_status)
		put_status(&j, e->text);
	json_object_end(&j);
}
