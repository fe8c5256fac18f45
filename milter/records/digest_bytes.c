/* digest_bytes - a digest as it lies in the database */

#include "records/digest_bytes.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "records/digest.h"
#include "records/report_gathering.h"

#define FORM 1

static const char *const keys[] = {
#define LIST(id, key, title, max, counted) [REPORT_##id] = key,
#include "records/report.def"
#undef LIST
};

/* Beside the lists of a report, whose keys have small letters. */
#define BARS "BARS"
#define DEFERRED "DEFERRED"

/* Seven bits a byte, the lowest first; the last one has no eighth bit. */
static void
put_number(struct buf *out, uint64_t n)
{
	for (; n > 127; n >>= 7)
		buf_putc(out, (char)(n | 128));
	buf_putc(out, (char)n);
}

static void
put_bytes(struct buf *out, const void *bytes, size_t n)
{
	put_number(out, n);
	buf_put(out, bytes, n);
}

static void
put_list(struct buf *out, const char *key, const struct tally *t)
{
	const struct tally_row *row;

	put_bytes(out, key, strlen(key));
	put_number(out, t->n);
	for (row = t->v; row < t->v + t->n; row++) {
		put_bytes(out, t->names.data + row->at, row->n);
		put_number(out, (uint64_t)row->count);
		put_bytes(out, row->example, strlen(row->example));
	}
}

/* A reason, and how often in each hour. */
static void
put_bars(struct buf *out, const struct gathering *g)
{
	const struct tally_row *row;
	size_t i, bar;

	put_bytes(out, BARS, strlen(BARS));
	put_number(out, g->reasons.n);
	for (i = 0; i < g->reasons.n; i++) {
		row = &g->reasons.v[i];
		put_bytes(out, g->reasons.names.data + row->at, row->n);
		for (bar = 0; bar < g->r->nbars; bar++)
			put_number(out,
			    (uint64_t)g->bars[i * g->r->nbars + bar]);
	}
}

void
digest_bytes_put(struct buf *out, const struct gathering *g)
{
	int list;

	put_number(out, FORM);
	put_number(out, (uint64_t)(g->r->since / DIGEST_HOUR));
	put_number(out, g->r->nbars);
	put_bars(out, g);
	put_list(out, DEFERRED, &g->deferred);
	for (list = 0; list < REPORT_LISTS; list++)
		if (g->lists[list].n > 0)
			put_list(out, keys[list], &g->lists[list]);
}

/* What is left; an end in the middle gives zeros. */
struct reader {
	const char *at, *end;
};

static uint64_t
read_number(struct reader *r)
{
	uint64_t n = 0;
	unsigned shift = 0;

	while (r->at < r->end && shift < 63) {
		n |= ((uint64_t)*r->at & 127) << shift;
		if ((*r->at++ & 128) == 0)
			break;
		shift += 7;
	}
	return n;
}

static const char *
read_bytes(struct reader *r, size_t *n)
{
	const char *bytes = r->at;

	*n = read_number(r);
	bytes = r->at;
	if (*n > (size_t)(r->end - r->at))
		*n = (size_t)(r->end - r->at);
	r->at += *n;
	return bytes;
}

static bool
is(const char *key, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(key, word, n) == 0;
}

/* NULL: it is passed over. */
static struct tally *
list_of(struct gathering *g, const char *key, size_t n)
{
	int list;

	if (is(key, n, DEFERRED))
		return &g->deferred;
	for (list = 0; list < REPORT_LISTS; list++)
		if (is(key, n, keys[list]))
			return &g->lists[list];
	return NULL;
}

static void
read_item(struct reader *r, struct tally_item *item)
{
	const char *example;
	size_t length;

	item->name = read_bytes(r, &item->n);
	item->count = (int64_t)read_number(r);
	example = read_bytes(r, &length);
	if (length >= sizeof item->example)
		length = sizeof item->example - 1;
	memcpy(item->example, example, length);
	item->example[length] = '\0';
}

static void
add_list(struct tally *t, struct reader *r)
{
	struct tally_item items[TALLY_ITEMS];
	uint64_t rows = read_number(r);
	size_t n;

	while (rows > 0 && r->at < r->end) {
		for (n = 0; n < TALLY_ITEMS && rows > 0 && r->at < r->end;
		    rows--)
			read_item(r, &items[n++]);
		if (t != NULL)
			tally_add_all(t, items, n);
	}
}

static void
add_bars(struct gathering *g, struct reader *r, const struct digest_gap *of)
{
	struct report_record record = { .outcome = "reject" };
	uint64_t rows = read_number(r);
	char reason[128];
	size_t n;
	const char *name;

	for (; rows > 0 && r->at < r->end; rows--) {
		name = read_bytes(r, &n);
		if (n >= sizeof reason)
			n = sizeof reason - 1;
		memcpy(reason, name, n);
		reason[n] = '\0';
		record.reason = reason;
		for (record.time = of->since; record.time < of->until;
		    record.time += DIGEST_HOUR) {
			record.count = (int64_t)read_number(r);
			if (record.count > 0)
				gathering_count_bar(g, &record);
		}
	}
}

bool
digest_bytes_add(struct gathering *g, const void *bytes, size_t n,
    struct digest_gap *of)
{
	struct reader r = { .at = bytes, .end = (const char *)bytes + n };
	const char *key;
	uint64_t hours;

	if (read_number(&r) != FORM)
		return false;
	of->since = (int64_t)read_number(&r) * DIGEST_HOUR;
	hours = read_number(&r);
	if (hours != 1 && hours != 24)
		return false;
	of->until = of->since + (int64_t)hours * DIGEST_HOUR;
	while (r.at < r.end) {
		key = read_bytes(&r, &n);
		if (is(key, n, BARS))
			add_bars(g, &r, of);
		else
			add_list(list_of(g, key, n), &r);
	}
	return true;
}
