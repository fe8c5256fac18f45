/* saywhy_explain - what other programs link: saywhy-explain.h */

#include "explain/saywhy-explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "explain/explain.h"
#include "version.h"
#include "words/reason.h"

#define PUBLIC __attribute__((visibility("default")))

enum field { REASON, CONFIDENCE, WHO, TITLE, PLAIN, PAGE, STEPS, CODE, STATUS,
	SOFTWARE, RECIPIENT, TEXT, NOTHING, JSON, FIELDS };

static const char *const names[FIELDS] = { "reason", "confidence", "who",
	"title", "plain", "page", "steps", "code", "status", "software",
	"recipient", "text", "nothing", "json" };

struct answer {
	char *fields[FIELDS];		/* owned; NULL: not known */
};

struct saywhy_answers {
	struct answer *all;
	size_t n, room;
};

static void
set(struct answer *to, enum field f, const char *text)
{
	if (text != NULL && *text != '\0')
		to->fields[f] = mem_dup(text);
}

static void
set_reason(struct answer *to, const struct explained *e)
{
	const struct reason_prose *p = reason_prose(e->r.reason);
	struct buf steps = BUF_INIT;

	explain_put_steps(&steps, e);
	set(to, REASON, reason_get(e->r.reason)->name);
	set(to, TITLE, p->title);
	set(to, PLAIN, p->plain);
	set(to, PAGE, p->page);
	set(to, STEPS, steps.data);
	buf_free(&steps);
}

static void
add(void *arg, const struct explained *e)
{
	struct saywhy_answers *a = arg;
	struct buf json = BUF_INIT;
	struct answer *to;
	char code[12];

	a->all = mem_room(a->all, a->n, &a->room, sizeof *a->all);
	to = memset(&a->all[a->n++], 0, sizeof *to);
	if (e->r.reason != REASON_NONE)
		set_reason(to, e);
	set(to, CONFIDENCE, confidence_name(e->r.confidence));
	set(to, WHO, explain_who(e));
	snprintf(code, sizeof code, "%d", e->r.code);
	set(to, CODE, e->r.code != 0 ? code : NULL);
	set(to, STATUS, e->r.status);
	set(to, SOFTWARE, e->r.software);
	set(to, RECIPIENT, e->recipient);
	set(to, TEXT, e->text);
	set(to, NOTHING, e->nothing);
	explain_json(&json, e);
	set(to, JSON, json.data);
	buf_free(&json);
}

PUBLIC struct saywhy_answers *
saywhy_explain(const char *text, size_t n, enum saywhy_input input)
{
	struct saywhy_answers *a = mem_alloc(sizeof *a);
	struct explainer x = { .each = add, .arg = a };
	struct buf copy = BUF_INIT;

	buf_put(&copy, n > 0 ? text : "", n);
	if (input == SAYWHY_REPLY)
		explainer_line(&x, copy.data, copy.len);
	else
		explainer_input(&x, copy.data, copy.len);
	explainer_end(&x);
	buf_free(&copy);
	return a;
}

PUBLIC size_t
saywhy_count(const struct saywhy_answers *a)
{
	return a->n;
}

PUBLIC const char *
saywhy_get(const struct saywhy_answers *a, size_t i, const char *name)
{
	int f;

	for (f = 0; i < a->n && f < FIELDS; f++)
		if (strcmp(names[f], name) == 0)
			return a->all[i].fields[f];
	return NULL;
}

PUBLIC void
saywhy_free(struct saywhy_answers *a)
{
	size_t i;
	int f;

	if (a == NULL)
		return;
	for (i = 0; i < a->n; i++)
		for (f = 0; f < FIELDS; f++)
			free(a->all[i].fields[f]);
	free(a->all);
	free(a);
}

PUBLIC const char *
saywhy_version(void)
{
	return SAYWHY_VERSION;
}
