/* try_show - what `saywhy try` prints of a session while it is played */

#include "commands/try_show.h"

#include <stdio.h>
#include <string.h>

#include "checks/check.h"
#include "commands/command.h"
#include "policy/policy.h"
#include "scenario/player.h"
#include "words/reason.h"
#include "words/template.h"

#define BOLD "\033[1m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define PLAIN "\033[0m"

static const char *
in(const struct try_show *show, const char *colour)
{
	return show->colour ? colour : "";
}

/* What a sender wrote must not steer the terminal. */
static void
print_safe(const char *text)
{
	struct buf b = BUF_INIT;

	template_put_safe(&b, text, strlen(text));
	fputs(b.data, stdout);
	buf_free(&b);
}

static void
print_finding(const struct try_show *show, const struct finding *f)
{
	size_t i;

	printf("        %s%s%s", in(show, BOLD), reason_get(f->reason)->name,
	    in(show, PLAIN));
	for (i = 0; i < f->n; i++) {
		printf("  %s=", evidence_name(f->evidence[i].key));
		print_safe(f->evidence[i].value);
	}
	putchar('\n');
}

static void
put_finding(struct json *j, const struct finding *f)
{
	size_t i;

	json_object(j);
	json_member(j, "reason", reason_get(f->reason)->name);
	json_key(j, "evidence");
	json_object(j);
	for (i = 0; i < f->n; i++)
		json_member(j, evidence_name(f->evidence[i].key),
		    f->evidence[i].value);
	json_object_end(j);
	json_object_end(j);
}

static void
put_check(struct json *j, const struct check *check, enum stage stage,
    const struct finding *found, size_t n, int64_t us)
{
	size_t i;

	json_object(j);
	json_member(j, "check", check->name);
	json_member(j, "stage", stage_name(stage));
	json_key(j, "us");
	json_int(j, us);
	json_key(j, "found");
	json_array(j);
	for (i = 0; i < n; i++)
		put_finding(j, &found[i]);
	json_array_end(j);
	json_object_end(j);
}

static void
on_check(void *arg, const struct check *check, enum stage stage,
    const struct finding *found, size_t n, int64_t us)
{
	struct try_show *show = arg;
	size_t i;

	if (show->json) {
		put_check(&show->j, check, stage, found, n, us);
		return;
	}
	if (!show->trace)
		return;
	printf("    %-22s %-8s %6lld us\n", check->name,
	    n > 0 ? "found" : "-", (long long)us);
	for (i = 0; i < n; i++)
		print_finding(show, &found[i]);
}

static void
on_decided(void *arg, enum stage stage, const struct decision *d,
    const struct reply *reply, const char *id)
{
	struct try_show *show = arg;

	(void)stage;
	(void)reply;
	(void)id;
	if (show->json || !show->trace || d->because.finding == NULL)
		return;
	printf("    decided: %s", action_name(d->wanted));
	if (d->taken != d->wanted)
		printf(", done: %s", action_name(d->taken));
	printf(", because of %s", reason_get(d->because.finding->reason)->name);
	if (d->because.exception != NULL)
		printf(" (exception \"%s\")", d->because.exception);
	putchar('\n');
}

void
try_show_begin(struct try_show *show, bool trace, bool json)
{
	memset(show, 0, sizeof *show);
	show->trace = trace;
	show->json = json;
	show->colour = !json && command_colour();
	show->watcher = (struct engine_watcher){ .arg = show,
		.check = on_check, .decided = on_decided };
	show->out = (struct buf)BUF_INIT;
	show->j = (struct json)JSON_INIT(&show->out);
	if (!json)
		return;
	json_object(&show->j);
	json_key(&show->j, "events");
	json_array(&show->j);
}

void
try_show_event(struct try_show *show, const char *name, const char *argument)
{
	if (!show->json) {
		printf("%s%s%s ", in(show, BOLD), name, in(show, PLAIN));
		print_safe(argument);
		putchar('\n');
		return;
	}
	json_object(&show->j);
	json_member(&show->j, "event", name);
	json_member(&show->j, "argument", argument);
	json_key(&show->j, "checks");
	json_array(&show->j);
}

static void
print_reply(const struct try_show *show, const struct played *played)
{
	const struct reply *r = &played->reply;
	size_t i;

	if (played->would)
		puts("  let pass, for the mode is observe; enforce would say:");
	for (i = 0; i < r->n; i++)
		printf("  %s%d%c%s%s %s\n", in(show, RED), r->code,
		    i + 1 < r->n ? '-' : ' ', r->status, in(show, PLAIN),
		    r->lines[i]);
}

static void
put_outcome(struct json *j, const struct played *played)
{
	const struct reply *r = &played->reply;
	size_t i;

	json_member(j, "outcome", played->refused ? "refused" :
	    played->would ? "would" : "ok");
	json_key(j, "reply");
	if (r->code == 0) {
		json_null(j);
		return;
	}
	json_object(j);
	json_key(j, "code");
	json_int(j, r->code);
	json_member(j, "status", r->status);
	json_key(j, "lines");
	json_array(j);
	for (i = 0; i < r->n; i++)
		json_string(j, r->lines[i]);
	json_array_end(j);
	json_object_end(j);
}

void
try_show_played(struct try_show *show, const struct played *played)
{
	if (show->json) {
		json_array_end(&show->j);
		put_outcome(&show->j, played);
		json_key(&show->j, "hold");
		json_bool(&show->j, played->hold);
		json_member(&show->j, "marks", played->marks.data);
		json_member(&show->j, "results", played->results.data);
		json_object_end(&show->j);
		return;
	}
	if (played->reply.n > 0)
		print_reply(show, played);
	if (played->marks.len > 0)
		printf("  marked: %s", played->marks.data);
	if (played->results.len > 0)
		printf("  results: %s\n", played->results.data);
	if (played->hold)
		puts("  held in the queue");
	if (show->trace && played->records.len > 0)
		printf("  record: %s", played->records.data);
}

void
try_show_end(struct try_show *show, bool refused)
{
	if (show->json) {
		json_array_end(&show->j);
		json_key(&show->j, "refused");
		json_bool(&show->j, refused);
		json_object_end(&show->j);
		puts(show->out.data);
	} else if (!refused)
		printf("%saccepted%s\n", in(show, GREEN), in(show, PLAIN));
	buf_free(&show->out);
}
