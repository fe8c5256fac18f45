/* maillog - what a line of a mail log says of a refusal */

#include "maillog/maillog.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "maillog/memory.h"
#include "words/reason.h"

struct maillog {
	log_event_fn *tell;
	void *arg;
	struct log_memory *memory;
};

struct maillog *
maillog_new(log_event_fn *tell, void *arg)
{
	struct maillog *g = mem_alloc(sizeof *g);

	g->tell = tell;
	g->arg = arg;
	g->memory = log_memory_new();
	return g;
}

void
maillog_free(struct maillog *g)
{
	if (g == NULL)
		return;
	log_memory_free(g->memory);
	free(g);
}

struct log_memory *
maillog_memory(struct maillog *g)
{
	return g->memory;
}

void
maillog_emit(struct maillog *g, const struct log_event *h)
{
	g->tell(g->arg, h);
}

enum topic
log_event_about(const struct log_event *h)
{
	if (h->outgoing && h->by != ISSUED_BY_REMOTE)
		return TOPIC_SERVER;
	if (h->outgoing && h->stage == STAGE_CONNECT)
		return TOPIC_CLIENT;
	return h->stage == STAGE_MAIL ? TOPIC_SENDER :
	    h->stage == STAGE_HELO ? TOPIC_HELO : TOPIC_NONE;
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
maillog_line(struct maillog *g, const char *line, size_t n)
{
	struct logline l;
	struct slice part;

	if (!logline_read(line, n, &l))
		return;
	part = last_part(l.program);
	if (part.text != NULL)
		maillog_postfix(g, &l, part);
	else
		maillog_sendmail(g, &l);
}

/* A line that waited for another that did not come. */
static void
end_one(void *arg, struct log_memory_entry *m)
{
	maillog_sendmail_end(arg, m);
	log_memory_forget(m);
}

void
maillog_end(struct maillog *g)
{
	log_memory_each(g->memory, end_one, g);
}
