/* maillog_event - what is remembered of a log, and who gets its events */

#include "maillog/maillog_internal.h"

#include <stdlib.h>

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
