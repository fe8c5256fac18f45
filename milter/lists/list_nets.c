/* list_nets - a million networks: sorted ranges, longest match first */

#include "lists/list_nets.h"

#include <endian.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define V4_AT 12	/* where IPv4 begins in the mapped form */
#define V4_PREFIX 96
#define BLOCK ((size_t)64)	/* ranges from mark to mark */
#define NOBODY 255	/* prefix of a range outside every network */
#define DEPTH_MAX 130	/* networks around each other: one a prefix */
#define PIECE ((size_t)65536)	/* networks that are given back at once */

/* As few bytes as its family needs: a million of them are sorted. */
struct list_added {
	uint32_t comment;
	uint32_t order;		/* in which they came */
	uint8_t prefix;
	uint8_t start[];	/* width bytes */
};

/* Bytes of one, so that the next is aligned. */
static size_t
size_of_added(size_t width)
{
	size_t size = offsetof(struct list_added, start) + width;

	return (size + 3) / 4 * 4;
}

static bool
is_v4(const struct net *net)
{
	return net->prefix >= V4_PREFIX && ip_is_v4(&net->ip);
}

void
list_nets_add(struct list_nets *nets, const struct net *net,
    uint32_t comment)
{
	bool v4 = is_v4(net);
	struct list_table *t = v4 ? &nets->v4 : &nets->v6;
	struct list_added *a;
	size_t size;

	t->width = v4 ? 4 : 16;
	size = size_of_added(t->width);
	t->added = mem_room(t->added, t->nadded, &t->added_cap, size);
	a = (struct list_added *)(void *)(t->added + t->nadded++ * size);
	a->comment = comment;
	a->order = (uint32_t)++nets->n;
	a->prefix = (uint8_t)(net->prefix - (v4 ? V4_PREFIX : 0u));
	memcpy(a->start, net->ip.b + (v4 ? V4_AT : 0), t->width);
}

/* The last first: by start, the wide before the narrow. */
static int
by_start(const struct list_added *a, const struct list_added *b, size_t width)
{
	int order = memcmp(a->start, b->start, width);

	if (order != 0)
		return order;
	if (a->prefix != b->prefix)
		return a->prefix < b->prefix ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

static int
by_start_4(const void *a, const void *b)
{
	return by_start(b, a, 4);
}

static int
by_start_16(const void *a, const void *b)
{
	return by_start(b, a, 16);
}

/* One around the place where a sweep has come to. */
struct around {
	uint32_t comment;
	uint8_t prefix;
	uint8_t start[16];	/* width bytes of it */
};

/* From `start` on, up to the next: this network, or none (NULL). */
static void
emit(struct list_table *t, const uint8_t *start, const struct around *a)
{
	size_t before = t->n > 0 ? t->n - 1 : 0;

	if (t->n == 0 ||
	    memcmp(t->starts + before * t->width, start, t->width) != 0) {
		if (t->n == t->cap) {
			t->ranges = mem_room(t->ranges, t->n, &t->cap,
			    sizeof *t->ranges);
			t->starts = mem_resize(t->starts, t->cap, t->width);
		}
		memcpy(t->starts + t->n * t->width, start, t->width);
		before = t->n++;
	}
	t->ranges[before].prefix = a != NULL ? a->prefix : NOBODY;
	t->ranges[before].comment = a != NULL ? a->comment : 0;
}

/* The address behind the network; false when there is none. */
static bool
behind(const struct around *a, size_t width, uint8_t *next)
{
	unsigned i, sum, bit;

	if (a->prefix == 0)
		return false;
	memcpy(next, a->start, width);
	i = (a->prefix - 1u) / 8;
	for (bit = 0x80u >> (a->prefix - 1u) % 8;; bit = 1) {
		sum = next[i] + bit;
		next[i] = (uint8_t)sum;
		if (sum <= 0xff)
			return true;
		if (i-- == 0)
			return false;
	}
}

struct sweep {
	struct list_table *table;
	struct around around[DEPTH_MAX];
	size_t depth;
};

/* Leaves the networks that end before `until`, or all of them (NULL). */
static void
leave(struct sweep *s, const uint8_t *until)
{
	uint8_t next[16];
	bool more;

	while (s->depth > 0) {
		more = behind(&s->around[s->depth - 1], s->table->width, next);
		if (until != NULL && (!more ||
		    memcmp(next, until, s->table->width) > 0))
			return;
		s->depth--;
		if (more)
			emit(s->table, next, s->depth > 0 ?
			    &s->around[s->depth - 1] : NULL);
	}
}

static void
enter(struct sweep *s, const struct list_added *a)
{
	size_t width = s->table->width;
	struct around *top = &s->around[s->depth];

	if (s->depth > 0 && top[-1].prefix == a->prefix &&
	    memcmp(top[-1].start, a->start, width) == 0)
		return;
	*top = (struct around){ a->comment, a->prefix, { 0 } };
	memcpy(top->start, a->start, width);
	emit(s->table, top->start, top);
	s->depth++;
}

static void
set_marks(struct list_table *t)
{
	size_t i, n = (t->n + BLOCK - 1) / BLOCK;

	t->marks = mem_resize(NULL, n, t->width);
	for (i = 0; i < n; i++)
		memcpy(t->marks + i * t->width,
		    t->starts + i * BLOCK * t->width, t->width);
}

static void
seal_table(struct list_table *t)
{
	struct sweep s = { .table = t };
	size_t size = size_of_added(t->width);
	const struct list_added *a;

	if (t->nadded == 0)
		return;
	qsort(t->added, t->nadded, size, t->width == 4 ? by_start_4 :
	    by_start_16);
	/* From the end, so that what is done with goes while ranges come. */
	while (t->nadded > 0) {
		a = (const void *)(t->added + --t->nadded * size);
		leave(&s, a->start);
		enter(&s, a);
		if (t->nadded > 0 && t->nadded % PIECE == 0)
			t->added = mem_resize(t->added, t->nadded, size);
	}
	leave(&s, NULL);
	free(t->added);
	t->added = NULL;
	t->nadded = t->added_cap = 0;
	if (t->n < t->cap) {
		t->starts = mem_resize(t->starts, t->n, t->width);
		t->ranges = mem_resize(t->ranges, t->n, sizeof *t->ranges);
		t->cap = t->n;
	}
	set_marks(t);
}

void
list_nets_seal(struct list_nets *nets)
{
	seal_table(&nets->v4);
	seal_table(&nets->v6);
}

static uint32_t
number_4(const uint8_t *p)
{
	uint32_t number;

	memcpy(&number, p, sizeof number);
	return be32toh(number);
}

static uint64_t
number_8(const uint8_t *p)
{
	uint64_t number;

	memcpy(&number, p, sizeof number);
	return be64toh(number);
}

/* memcmp(3) of so few bytes would cost more than the rest of a search. */
static bool
is_above(const uint8_t *key, const uint8_t *address, size_t width)
{
	uint64_t a, b;

	if (width == 4)
		return number_4(key) > number_4(address);
	a = number_8(key);
	b = number_8(address);
	return a != b ? a > b : number_8(key + 8) > number_8(address + 8);
}

/* How many of n sorted keys are not above the address. */
static size_t
count_up_to(const uint8_t *keys, size_t n, size_t width,
    const uint8_t *address)
{
	size_t low = 0, middle;

	while (low < n) {
		middle = low + (n - low) / 2;
		if (is_above(keys + middle * width, address, width))
			n = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* The last range that begins at or before the address; n: none does. */
static size_t
find_range(const struct list_table *t, const uint8_t *address)
{
	size_t mark = count_up_to(t->marks, (t->n + BLOCK - 1) / BLOCK,
	    t->width, address), from, n;

	if (mark == 0)
		return t->n;
	from = (mark - 1) * BLOCK;
	n = t->n - from < BLOCK ? t->n - from : BLOCK;
	return from + count_up_to(t->starts + from * t->width, n, t->width,
	    address) - 1;
}

static void
clear_from(struct ip *ip, unsigned bit)
{
	unsigned i = bit / 8;

	if (i < sizeof ip->b) {
		ip->b[i] &= (uint8_t)~(0xffu >> bit % 8);
		memset(ip->b + i + 1, 0, sizeof ip->b - i - 1);
	}
}

bool
list_nets_find(const struct list_nets *nets, const struct ip *ip,
    struct net *net, uint32_t *comment)
{
	bool v4 = ip_is_v4(ip);
	const struct list_table *t = v4 ? &nets->v4 : &nets->v6;
	size_t i = ip->known && t->n > 0 ?
	    find_range(t, ip->b + (v4 ? V4_AT : 0)) : t->n;

	if (i == t->n || t->ranges[i].prefix == NOBODY)
		return false;
	net->ip = *ip;
	net->prefix = t->ranges[i].prefix + (v4 ? V4_PREFIX : 0u);
	clear_from(&net->ip, net->prefix);
	*comment = t->ranges[i].comment;
	return true;
}

void
list_nets_free(struct list_nets *nets)
{
	free(nets->v4.added);
	free(nets->v6.added);
	free(nets->v4.starts);
	free(nets->v4.marks);
	free(nets->v4.ranges);
	free(nets->v6.starts);
	free(nets->v6.marks);
	free(nets->v6.ranges);
	memset(nets, 0, sizeof *nets);
}
