/* heard - what a line of a mail log says of a refusal */

#include "maillog/heard.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "maillog/memory.h"
#include "words/reason.h"

struct hearing {
	heard_fn *tell;
	void *arg;
	struct remembered *memory;
};

struct hearing *
hearing_new(heard_fn *tell, void *arg)
{
	struct hearing *g = mem_alloc(sizeof *g);

	g->tell = tell;
	g->arg = arg;
	g->memory = remembered_new();
	return g;
}

void
hearing_free(struct hearing *g)
{
	if (g == NULL)
		return;
	remembered_free(g->memory);
	free(g);
}

struct remembered *
hearing_memory(struct hearing *g)
{
	return g->memory;
}

void
hearing_tell(struct hearing *g, const struct heard *h)
{
	g->tell(g->arg, h);
}

/* "smtpd" of "postfix/smtpd", "postfix-out/submission/smtpd". */
static struct slice
last_part(struct slice program)
{
	const char *slash = memrchr(program.text, '/', program.n);

	return slash != NULL ? slice_from(program, slash + 1) :
	    (struct slice){ NULL, 0 };
}

void
hearing_line(struct hearing *g, const char *line, size_t n)
{
	struct logline l;
	struct slice part;

	if (!logline_read(line, n, &l))
		return;
	part = last_part(l.program);
	if (part.text != NULL)
		heard_postfix(g, &l, part);
	else
		heard_sendmail(g, &l);
}

/* A line that waited for another that did not come. */
static void
tell_waiting(void *arg, struct memory *m)
{
	struct logline l;

	if (m->waits == NULL)
		return;
	if (logline_read(m->waits, strlen(m->waits), &l)) {
		struct heard h = { .line = &l, .software = "Sendmail",
			.stage = STAGE_RCPT, .reason = REASON_NONE,
			.queue_id = slice_of(m->id),
			.recipient = slice_between(l.message, "<", ">... "),
			.reply = slice_between(l.message, ": ", NULL) };

		hearing_tell(arg, &h);
	}
	remembered_forget(m);
}

void
hearing_end(struct hearing *g)
{
	remembered_each(g->memory, tell_waiting, g);
}
