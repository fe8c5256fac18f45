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

/* NULL as a text that is no value. */
static void
put_text(struct buf *key, const char *text)
{
	if (text == NULL)
		buf_put(key, "\1", 2);
	else
		buf_put(key, text, strlen(text) + 1);
}

static const char *
take_text(const char **at)
{
	const char *text = *at;

	*at = strchr(text, '\0') + 1;
	return strcmp(text, "\1") == 0 ? NULL : text;
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
	put_text(key, r->outcome);
	put_text(key, r->reason);
	put_text(key, r->who);
	put_text(key, r->issuer);
	put_text(key, r->direction);
	put_text(key, r->source);
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
		r.outcome = take_text(&at);
		r.reason = take_text(&at);
		r.who = take_text(&at);
		r.issuer = take_text(&at);
		r.direction = take_text(&at);
		r.source = take_text(&at);
		r.count = row->count;
		r.id = row->example;
		gathering_count(g, &r, ALIKE_LISTS);
		gathering_count_bar(g, &r);
	}
}
