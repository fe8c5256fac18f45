/* records_digest_bytes_test - a digest as it lies in the database */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "records/digest.h"
#include "records/digest_bytes.h"
#include "records/report_gathering.h"

#define BEGINS (DIGEST_HOUR * 24 * 20000)
#define HOURS 24

static void
begin(struct gathering *g, struct report *r)
{
	memset(r, 0, sizeof *r);
	r->since = BEGINS;
	r->until = BEGINS + HOURS * DIGEST_HOUR;
	gathering_bars(r, DIGEST_HOUR);
	gathering_init(g, r);
}

/* A day with one record in each of two hours, many of them alike. */
static void
write_day(struct buf *out)
{
	struct report_record record = { .outcome = "reject",
		.reason = "spf-fail", .id = "0123456789ABCD", .refused = true,
		.sender_domain = "sender.example", .time = BEGINS };
	struct report r;
	struct gathering g;

	begin(&g, &r);
	record.count = 300;
	gathering_count(&g, &record, GATHERING_ALL);
	gathering_count_bar(&g, &record);
	record.time += 23 * DIGEST_HOUR;
	gathering_count_bar(&g, &record);
	tally_add(&g.deferred, "12345678spf-fail", 16, 7, NULL);
	digest_bytes_put(out, &g);
	gathering_free(&g);
}

static void
test_there_and_back(void **state)
{
	struct buf bytes = BUF_INIT;
	struct digest_gap of;
	struct report r;
	struct gathering g;
	const struct tally *senders = &g.lists[REPORT_SENDERS];

	(void)state;
	write_day(&bytes);
	begin(&g, &r);
	assert_true(digest_bytes_add(&g, bytes.data, bytes.len, &of));
	assert_true(digest_bytes_add(&g, bytes.data, bytes.len, &of));
	assert_int_equal(of.since, BEGINS);
	assert_int_equal(of.until, r.until);
	assert_int_equal(senders->n, 1);
	assert_int_equal(senders->v[0].count, 600);
	assert_string_equal(senders->v[0].example, "0123456789ABCD");
	assert_int_equal(g.deferred.v[0].count, 14);
	assert_int_equal(g.reasons.n, 1);
	assert_int_equal(g.bars[0], 600);
	assert_int_equal(g.bars[1], 0);
	assert_int_equal(g.bars[23], 600);
	gathering_free(&g);
	buf_free(&bytes);
}

/* Cut off anywhere it is read to its end and no further. */
static void
test_cut_off(void **state)
{
	struct buf bytes = BUF_INIT;
	struct digest_gap of;
	struct report r;
	struct gathering g;
	char *copy;
	size_t n;

	(void)state;
	write_day(&bytes);
	for (n = 0; n < bytes.len; n++) {
		copy = mem_resize(NULL, n + 1, 1);
		memcpy(copy + 1, bytes.data, n);
		begin(&g, &r);
		digest_bytes_add(&g, copy + 1, n, &of);
		gathering_free(&g);
		free(copy);
	}
	buf_free(&bytes);
}

static void
test_another_form(void **state)
{
	static const char newer[] = "\002\001\001", odd[] = "\001\001\007";
	struct digest_gap of;
	struct report r;
	struct gathering g;

	(void)state;
	begin(&g, &r);
	assert_false(digest_bytes_add(&g, newer, sizeof newer - 1, &of));
	assert_false(digest_bytes_add(&g, odd, sizeof odd - 1, &of));
	assert_int_equal(g.reasons.n, 0);
	gathering_free(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_another_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
