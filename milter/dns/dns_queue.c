/* dns_queue - questions to be sent, in turn and when their time has come */

#include "dns/dns_queue.h"

#include <stddef.h>

#include "base/clock.h"
#include "dns/dns_cache.h"

static void
append(struct dns_queue *q, struct dns_entry *e)
{
	e->next = NULL;
	if (q->ready == NULL)
		q->ready = e;
	else
		q->last->next = e;
	q->last = e;
}

void
dns_queue_put(struct dns_queue *q, struct dns_entry *list)
{
	struct dns_entry *e, *turned = NULL;

	while ((e = list) != NULL) {
		list = e->next;
		e->next = turned;
		turned = e;
	}
	while ((e = turned) != NULL) {
		turned = e->next;
		append(q, e);
	}
}

void
dns_queue_later(struct dns_queue *q, struct dns_entry *e, int64_t when)
{
	e->again = when;
	e->next = q->later;
	q->later = e;
}

void
dns_queue_due(struct dns_queue *q, bool all)
{
	struct dns_entry *list = q->later, *e;
	int64_t now = list != NULL ? clock_ms() : 0;

	q->later = NULL;
	while ((e = list) != NULL) {
		list = e->next;
		if (all || e->again <= now)
			append(q, e);
		else
			dns_queue_later(q, e, e->again);
	}
}

struct dns_entry *
dns_queue_take(struct dns_queue *q)
{
	struct dns_entry *e = q->ready;

	if (e != NULL) {
		q->ready = e->next;
		e->next = NULL;
	}
	return e;
}
