/* report_alike - records that a report counts alike, together */

#include "records/report_alike.h"

#include <string.h>

#include "records/report_gathering.h"

void
alike_init(struct alike *a)
{
	tally_init(&a->records);
	a->key = (struct buf)BUF_INIT;
}

void
alike_free(struct alike *a)
{
	tally_free(&a->records);
	buf_free(&a->key);
}

void
alike_add(struct alike *a, const struct gathering *g,
    const struct report_record *r)
{
	int64_t bar = (r->time - g->r->since) / g->r->step;
	struct buf *key = &a->key;

	buf_clear(key);
	buf_put(key, &bar, sizeof bar);
	buf_putc(key, r->later);
	buf_putc(key, r->refused);
	tally_put_text(key, r->outcome);
	tally_put_text(key, r->reason);
	tally_put_text(key, r->who);
	tally_put_text(key, r->issuer);
	tally_put_text(key, r->direction);
	tally_put_text(key, r->source);
	tally_add(&a->records, key->data, key->len, r->count, r->id);
}

void
alike_count(const struct alike *a, struct gathering *g)
{
	struct report_record r = { .n = 0 };
	const struct tally_row *row;
	const char *at;
	int64_t bar;

	for (row = a->records.v; row < a->records.v + a->records.n; row++) {
		at = a->records.names.data + row->at;
		memcpy(&bar, at, sizeof bar);
		at += sizeof bar;
		r.time = g->r->since + bar * g->r->step;
		r.later = *at++ != 0;
		r.refused = *at++ != 0;
		r.outcome = tally_take_text(&at);
		r.reason = tally_take_text(&at);
		r.who = tally_take_text(&at);
		r.issuer = tally_take_text(&at);
		r.direction = tally_take_text(&at);
		r.source = tally_take_text(&at);
		r.count = row->count;
		r.id = row->example;
		gathering_count(g, &r, ALIKE_LISTS);
		gathering_count_bar(g, &r);
	}
}
