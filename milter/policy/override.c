/* override - `reason "…" { }`: the admin's word on one reason */

#include "policy/override.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/option_value.h"
#include "words/reason.h"
#include "words/template.h"

enum { PERMANENT, TEMPORARY };

static bool
parse_action(struct action_slot *slot, const char *value, struct buf *errmsg)
{
	const char *nearest;
	int i;

	for (i = 0; action_names[i] != NULL; i++)
		if (strcmp(action_names[i], value) == 0) {
			slot->set = true;
			slot->action = (enum action)i;
			return true;
		}
	nearest = diag_nearest(value, action_names);
	buf_printf(errmsg, "\"%.60s\" is no action;", value);
	if (nearest != NULL)
		buf_printf(errmsg, " did you mean \"%s\"?", nearest);
	else
		for (i = 0; action_names[i] != NULL; i++)
			buf_printf(errmsg, "%s %s", i == 0 ? " one of" : ",",
			    action_names[i]);
	return false;
}

bool
override_parse_any_action(void *base, void *slot, const char *value,
    struct buf *errmsg)
{
	(void)base;
	return parse_action(slot, value, errmsg);
}

/* An unknown name has been reported already, by override_reason(). */
static int
reason_of(const void *base)
{
	const struct option_item *item = base;

	return reason_by_name(item->title);
}

static void
say_no_code(int reason, bool permanent, const char *value, struct buf *errmsg)
{
	buf_printf(errmsg, "\"%.60s\" is not possible: %s has no %s code "
	    "(see saywhy-reasons(7))", value, reason_get(reason)->name,
	    permanent ? "permanent" : "temporary");
}

static bool
parse_known_action(void *base, void *slot, const char *value,
    struct buf *errmsg)
{
	struct action_slot *action = slot;
	int reason = reason_of(base);

	if (!parse_action(action, value, errmsg))
		return false;
	if (reason == REASON_NONE || reason_allows(reason, action->action))
		return true;
	say_no_code(reason, action->action == ACTION_REJECT, value, errmsg);
	return false;
}

static bool
parse_template(void *base, void *slot, const char *value, struct buf *errmsg,
    size_t longest)
{
	int reason = reason_of(base);
	const char *fields =
	    reason != REASON_NONE ? reason_get(reason)->fields : NULL;

	if (reason != REASON_NONE &&
	    !template_check(value, fields, longest, errmsg))
		return false;
	mem_replace(slot, value);
	return true;
}

static bool
parse_text(void *base, void *slot, const char *value, struct buf *errmsg)
{
	return parse_template(base, slot, value, errmsg, REPLY_FIRST_MAX);
}

static bool
parse_remedy(void *base, void *slot, const char *value, struct buf *errmsg)
{
	return parse_template(base, slot, value, errmsg, REPLY_LINE_MAX);
}

static void
free_text(void *slot)
{
	mem_replace(slot, NULL);
}

/* The reason must have a code of this class already. */
static bool
class_exists(int reason, bool permanent, const char *value,
    struct buf *errmsg)
{
	if (reason == REASON_NONE || reason_allows(reason,
	    permanent ? ACTION_REJECT : ACTION_TEMPFAIL))
		return true;
	say_no_code(reason, permanent, value, errmsg);
	return false;
}

static bool
parse_code(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct override *o = base;
	char *end;
	long code = strtol(value, &end, 10);

	(void)slot;
	if (*value == '\0' || *end != '\0') {
		buf_printf(errmsg, "\"%.60s\" is no reply code; it has "
		    "three digits", value);
		return false;
	}
	if (!reply_code_check(code, errmsg) ||
	    !class_exists(reason_of(base), code >= 500, value, errmsg))
		return false;
	o->code[code >= 500 ? PERMANENT : TEMPORARY].code = (int)code;
	return true;
}

static bool
parse_status(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct override *o = base;
	bool permanent = value[0] == '5';
	struct code_change *code =
	    &o->code[permanent ? PERMANENT : TEMPORARY];

	(void)slot;
	if (!reply_status_check(value, errmsg) ||
	    !class_exists(reason_of(base), permanent, value, errmsg))
		return false;
	mem_replace(&code->status, value);
	return true;
}

static void
free_statuses(void *slot)
{
	struct code_change *code = slot;

	mem_replace(&code[PERMANENT].status, NULL);
	mem_replace(&code[TEMPORARY].status, NULL);
}

static bool
parse_issued_at(void *base, void *slot, const char *value, struct buf *errmsg)
{
	static const char *const words[] = { "connect", "mail", "rcpt", NULL };
	static const enum stage stages[] = { STAGE_CONNECT, STAGE_MAIL,
		STAGE_RCPT };
	struct stage_slot *issued_at = slot;
	int word = option_word(words, value, errmsg);

	(void)base;
	if (word < 0)
		return false;
	*issued_at = (struct stage_slot){ true, stages[word] };
	return true;
}

static void
free_issued_at(void *slot)
{
	*(struct stage_slot *)slot = (struct stage_slot){ .set = false };
}

#define AT(member) offsetof(struct override, member)

#define ACTION_ROW \
	{ .name = "action", .type = OPTION_PARSE, .offset = AT(action), \
	    .parse = parse_known_action, \
	    .help = "off, note, mark, quarantine, tempfail or reject" }

const struct option override_action_options[] = {
	ACTION_ROW,
	{ .name = NULL }
};

const struct option override_options[] = {
	ACTION_ROW,
	{ .name = "text", .type = OPTION_PARSE, .offset = AT(text),
	    .parse = parse_text, .free = free_text,
	    .help = "first line of the reply; may hold {fields}" },
	{ .name = "remedy", .type = OPTION_PARSE, .offset = AT(remedy),
	    .parse = parse_remedy, .free = free_text,
	    .help = "second line of the reply; may hold {fields}" },
	{ .name = "code", .type = OPTION_PARSE, .offset = AT(code),
	    .parse = parse_code,
	    .help = "reply code, 4yz or 5yz; its class says for which action" },
	{ .name = "status", .type = OPTION_PARSE, .offset = AT(code),
	    .parse = parse_status, .free = free_statuses,
	    .help = "enhanced status, 4.y.z or 5.y.z" },
	{ .name = "issue-at", .type = OPTION_PARSE, .offset = AT(issued_at),
	    .parse = parse_issued_at, .free = free_issued_at,
	    .help = "in the place of the option of that name: rcpt, mail, or "
	    "connect (Sendmail's check_relay; else mail)" },
	{ .name = "disclose", .type = OPTION_WORD, .offset = AT(disclose),
	    .words = disclose_names, .default_value = "full",
	    .help = "how much the reply tells of what was seen" },
	{ .name = NULL }
};

/* A code and no status (or a status and no code): the row gives the other. */
bool
override_finish(void *item, struct buf *errmsg)
{
	struct override *o = item;
	const struct code_change *p = &o->code[PERMANENT];
	const struct code_change *t = &o->code[TEMPORARY];

	if ((p->code != 0 && p->status == NULL && t->status != NULL) ||
	    (t->code != 0 && t->status == NULL && p->status != NULL)) {
		buf_puts(errmsg, "code and status are of different classes; "
		    "both begin with 4 or both with 5");
		return false;
	}
	return true;
}

int
override_reason(const struct override *o, struct diags *d)
{
	int reason = reason_by_name(o->item.title);
	const char *nearest;

	if (reason != REASON_NONE)
		return reason;
	nearest = diag_nearest(o->item.title, reason_names());
	diags_error(d, o->item.file, o->item.line,
	    "there is no reason \"%s\"%s%s%s", o->item.title,
	    nearest != NULL ? "; did you mean \"" : " (see saywhy reasons)",
	    nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
	return REASON_NONE;
}

static void
merge(struct reason_code *into, const struct code_change *change,
    const struct reason_code *row)
{
	if (change->code == 0 && change->status == NULL)
		return;
	into->code = change->code != 0 ? change->code : row->code;
	into->status = change->status != NULL ? change->status : row->status;
}

void
override_apply(const struct override *o, enum action *action,
    struct wording *wording)
{
	const struct reason *row = reason_get(wording->reason);

	if (o->action.set)
		*action = o->action.action;
	merge(&wording->permanent, &o->code[PERMANENT], &row->permanent);
	merge(&wording->temporary, &o->code[TEMPORARY], &row->temporary);
	wording->text = o->text;
	wording->remedy = o->remedy;
	wording->disclose = (enum disclose)o->disclose;
}
