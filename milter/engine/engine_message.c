/* engine_message - passes a message to the checks that look into it */

#include "engine/engine_message.h"

#include <string.h>

#include "base/clock.h"
#include "checks/message_budget.h"
#include "engine/ruleset.h"
#include "mime/mime.h"

/* Between two looks at the clock. */
#define PIECE (16 * 1024)

static void
pass_part(void *arg, const struct mime_event *event)
{
	struct message *m = arg;
	const struct rule *rule = NULL;

	while ((rule = ruleset_next(m->rules, rule, &m->ctx)) != NULL)
		if (rule->check->part != NULL)
			rule->check->part(&m->ctx, event);
}

static void
parse(struct message *m)
{
	const struct session *s = m->ctx.session;
	size_t i;

	m->mime = mime_new(pass_part, m);
	for (i = 0; i < s->nheaders; i++)
		mime_header(m->mime, s->headers[i].name, s->headers[i].value);
	mime_headers_end(m->mime, s->headers_cut);
}

void
message_begin(struct message *m, const struct ruleset *rules,
    struct check_ctx ctx)
{
	m->rules = rules;
	m->ctx = ctx;
	if ((rules->needs & CHECK_NEEDS_PARTS) != 0)
		parse(m);
}

/* Each piece has a time of its own. */
static void
set_deadline(struct message *m)
{
	m->ctx.deadline = clock_ms() + m->rules->daemon.step_timeout;
}

static void
pass_body(struct message *m, const char *bytes, size_t n)
{
	const struct rule *rule = NULL;

	while ((rule = ruleset_next(m->rules, rule, &m->ctx)) != NULL)
		if (rule->check->body != NULL)
			rule->check->body(&m->ctx, bytes, n);
}

/* A message over its budget is not inspected any further. */
static void
parse_body(struct message *m, const char *bytes, size_t n)
{
	struct budget *b = message_budget(m->ctx.slots, m->ctx.site);
	size_t use;

	budget_enter(b);
	for (; n > 0 && budget_left(b); bytes += use, n -= use) {
		use = n < PIECE ? n : PIECE;
		mime_body(m->mime, bytes, use);
	}
	budget_leave(b);
}

void
message_body(struct message *m, const char *bytes, size_t n)
{
	set_deadline(m);
	pass_body(m, bytes, n);
	if (m->mime != NULL)
		parse_body(m, bytes, n);
}

static void
pass_end(struct message *m)
{
	const struct rule *rule = NULL;

	while ((rule = ruleset_next(m->rules, rule, &m->ctx)) != NULL)
		if (rule->check->end != NULL)
			rule->check->end(&m->ctx);
}

void
message_end(struct message *m)
{
	set_deadline(m);
	pass_end(m);
	if (m->mime == NULL)
		return;
	budget_enter(message_budget(m->ctx.slots, m->ctx.site));
	mime_end(m->mime);
	budget_leave(message_budget(m->ctx.slots, m->ctx.site));
}

void
message_forget(struct message *m)
{
	mime_free(m->mime);
	memset(m, 0, sizeof *m);
}
