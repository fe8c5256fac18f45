/*
 * fuzz_counters - any bytes as the answers of Valkey, Redis and sentinels
 *
 * The first byte says how many questions were asked, the second into how many
 * bytes a piece is cut; what is left comes over a connection that ends behind
 * it. Pieces make no difference, and what an answer says is within bounds. The
 * bytes are all there, so nothing is waited for.
 */

#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <hiredis/hiredis.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/sock.h"
#include "counters/counter_link.h"
#include "counters/counter_reply.h"
#include "counters/counters.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define BYTES_MAX 40000
#define ANSWER_MAX 16384	/* of an answer is taken */
#define WHOLE 8192
#define ELEMENTS_MAX 1024
#define PIECES_MAX 100		/* that a connection holds at once */
#define ANSWERS 3		/* to a login, to a step, and one more */
#define NUMBER_MAX ((int64_t)1 << 53)
#define NOW ((int64_t)1795000000000)

/* What was made of an answer. */
struct outcome {
	bool came, counts, master;
	int type;
	struct counter_answer a[COUNTERS_MAX];
	struct sock_spec where;
};

static bool
within(int64_t n, int64_t max)
{
	return n >= -max && n <= max;
}

static void
check_numbers(const struct counter_answer *a)
{
	if (!within(a->count, NUMBER_MAX))
		BUG("a count without a bound");
	if (!within(a->since, 2 * NUMBER_MAX + NOW) ||
	    !within(a->room, 2 * NUMBER_MAX + NOW))
		BUG("a time without a bound");
}

static void
judge(redisReply *r, size_t n, struct outcome *o)
{
	struct counter_question q[COUNTERS_MAX] = { { .verb = COUNTER_ADD } };
	size_t of[COUNTERS_MAX], i;

	for (i = 0; i < n; i++) {
		of[i] = i;
		q[i].verb = i % 2 == 0 ? COUNTER_ADD : COUNTER_MEET;
	}
	if (r != NULL && (r->len > ANSWER_MAX + WHOLE ||
	    r->elements > ELEMENTS_MAX))
		BUG("an answer without a bound");
	o->came = r != NULL;
	o->counts = counter_reply_read(r, of, n, q, NOW, o->a);
	o->master = counter_reply_master(r, &o->where);
	if (r != NULL)
		o->type = r->type;
	for (i = 0; o->counts && i < n; i++)
		check_numbers(&o->a[i]);
	if (o->counts && o->master)
		BUG("numbers are no address");
	if (o->master && (o->where.port < 1 || o->where.port > 65535 ||
	    *o->where.host == '\0'))
		BUG("an address that is none");
	if (counter_link_good(r) != (o->came && o->type != REDIS_REPLY_ERROR))
		BUG("an error is no good answer");
}

/* Each piece is a packet, so that it is read by itself. */
static void
play(const uint8_t *data, size_t n, size_t piece, size_t questions,
    struct outcome *o)
{
	int64_t deadline = clock_ms() + 60000;
	redisContext *c;
	size_t use, i;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0)
		BUG("there is no connection");
	for (; n > 0; data += use, n -= use) {
		use = n < piece ? n : piece;
		if (send(ends[1], data, use, MSG_DONTWAIT) != (ssize_t)use)
			BUG("a connection that holds too little");
	}
	shutdown(ends[1], SHUT_WR);
	c = counter_link_of(ends[0]);
	if (c == NULL)
		BUG("there is no link");
	/* Behind an answer that did not come nobody asks again. */
	for (i = 0; i < ANSWERS && (i == 0 || o[i - 1].came); i++)
		judge(counter_link_ask(c, deadline, "PING"), questions, &o[i]);
	redisFree(c);
	close(ends[1]);
}

static bool
is_alike(const struct outcome *a, const struct outcome *b, size_t n)
{
	size_t i;

	if (a->came != b->came || a->type != b->type ||
	    a->counts != b->counts || a->master != b->master)
		return false;
	for (i = 0; a->counts && i < n; i++)
		if (a->a[i].count != b->a[i].count ||
		    a->a[i].since != b->a[i].since ||
		    a->a[i].room != b->a[i].room ||
		    a->a[i].added != b->a[i].added)
			return false;
	return !a->master || (a->where.port == b->where.port &&
	    a->where.kind == b->where.kind &&
	    strcmp(a->where.host, b->where.host) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct outcome whole[ANSWERS] = { { .came = false } };
	struct outcome pieces[ANSWERS] = { { .came = false } };
	size_t questions, piece, i;

	if (n < 2 || n > BYTES_MAX)
		return 0;
	questions = data[0] % COUNTERS_MAX + 1u;
	piece = data[1] + 1u;
	data += 2;
	n -= 2;
	if (n / piece > PIECES_MAX)
		piece = n / PIECES_MAX + 1;
	play(data, n, WHOLE, questions, whole);
	play(data, n, piece, questions, pieces);
	/* Of more, what is too much depends on what came with it. */
	for (i = 0; n <= ANSWER_MAX && i < ANSWERS; i++)
		if (!is_alike(&whole[i], &pieces[i], questions))
			BUG("the pieces make a difference");
	return 0;
}
