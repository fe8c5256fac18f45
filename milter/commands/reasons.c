/* reasons - saywhy reasons: the catalogue, to look up and as a manual */

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/json.h"
#include "commands/command.h"
#include "commands/reasons_manual.h"
#include "words/reason.h"
#include "words/reply.h"

static const struct argument arguments[] = {
	COMMAND_JSON,
	{ .name = "mdoc", .help = "print saywhy-reasons(7)" },
	{ .name = "html", .help = "print it as a page" },
	{ .name = NULL }
};

static void
put_code(struct buf *out, const struct reason_code *c)
{
	if (c->code == 0)
		buf_puts(out, "none");
	else
		buf_printf(out, "%d %s", c->code, c->status);
}

static void
print_row(const struct reason *r)
{
	struct buf permanent = BUF_INIT, temporary = BUF_INIT;

	put_code(&permanent, &r->permanent);
	put_code(&temporary, &r->temporary);
	printf("%-26s %-11s %-11s %-10s %s\n", r->name, permanent.data,
	    temporary.data, action_name(r->action), who_name(r->who));
	buf_free(&permanent);
	buf_free(&temporary);
}

static void
put_json_code(struct json *j, const char *key, const struct reason_code *c)
{
	json_key(j, key);
	if (c->code == 0) {
		json_null(j);
		return;
	}
	json_object(j);
	json_key(j, "code");
	json_int(j, c->code);
	json_member(j, "status", c->status);
	json_object_end(j);
}

static void
put_json(struct json *j, int id)
{
	const struct reason *r = reason_get(id);
	const struct reason_prose *p = reason_prose(id);

	json_object(j);
	json_member(j, "reason", r->name);
	put_json_code(j, "permanent", &r->permanent);
	put_json_code(j, "temporary", &r->temporary);
	json_member(j, "action", action_name(r->action));
	json_member(j, "who", who_name(r->who));
	json_member(j, "fields", r->fields);
	json_member(j, "what", r->what);
	json_member(j, "remedy", r->remedy);
	json_member(j, "later", r->later);
	json_member(j, "rfc", r->rfc);
	json_member(j, "title", p->title);
	json_member(j, "plain", p->plain);
	json_member(j, "page", p->page);
	json_member(j, "steps", p->steps);
	json_member(j, "tune", p->tune);
	json_object_end(j);
}

static void
print_one(int id)
{
	const struct reason *r = reason_get(id);
	const struct reason_prose *p = reason_prose(id);
	struct buf text = BUF_INIT;

	print_row(r);
	buf_puts(&text, "    ");
	reply_show(r->what, &text);
	buf_puts(&text, "\n    ");
	reply_show(r->remedy, &text);
	buf_puts(&text, "\n    or, for now: ");
	reply_show(r->later, &text);
	printf("\n%s\n%s\n\n%s\n", p->title, p->plain, text.data);
	buf_free(&text);
	if (*r->fields != '\0')
		printf("\nFields of its own: %s\n", r->fields);
	printf("\n%s\n\nWho must act (%s):\n%s\n\nTo tune here:\n%s\n\n%s\n",
	    p->page, who_name(r->who), p->steps, p->tune, r->rfc);
}

static void
print_json(int from, int to)
{
	struct buf out = BUF_INIT;
	struct json j = JSON_INIT(&out);
	int id;

	json_array(&j);
	for (id = from; id < to; id++)
		put_json(&j, id);
	json_array_end(&j);
	puts(out.data);
	buf_free(&out);
}

static int
unknown(const char *name)
{
	const char *nearest = diag_nearest(name, reason_names());

	fprintf(stderr, "saywhy reasons: there is no reason \"%.60s\"", name);
	if (nearest != NULL)
		fprintf(stderr, "; did you mean \"%s\"?", nearest);
	fputc('\n', stderr);
	return 1;
}

static int
print_catalogue(void)
{
	int id;

	for (id = 1; id < REASON_COUNT; id++)
		print_row(reason_get(id));
	return 0;
}

static int
run(struct arguments *args)
{
	const struct argument *a;
	const char *value;
	bool json = false, html = false, mdoc = false;
	int id;

	while ((a = arguments_next(args, &value)) != NULL) {
		html |= strcmp(a->name, "html") == 0;
		mdoc |= strcmp(a->name, "mdoc") == 0;
		json |= strcmp(a->name, "json") == 0;
	}
	if (html || mdoc) {
		reasons_manual(html);
		return 0;
	}
	if (args->argc == 0 && !json)
		return print_catalogue();
	id = args->argc > 0 ? reason_by_name(args->argv[0]) : REASON_NONE;
	if (args->argc > 0 && id == REASON_NONE)
		return unknown(args->argv[0]);
	if (json)
		print_json(id != REASON_NONE ? id : 1,
		    id != REASON_NONE ? id + 1 : REASON_COUNT);
	else
		print_one(id);
	return 0;
}

const struct command command_reasons = {
	.name = "reasons",
	.words = "[--json] [REASON]",
	.max_words = 1,
	.summary = "Lists every reason with its codes and words",
	.arguments = arguments,
	.run = run
};
