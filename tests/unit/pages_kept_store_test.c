/* pages_kept_store_test - a store that stays open, and is another one later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "pages/kept_store.h"
#include "records/db.h"
#include "records/feed.h"
#include "records/store.h"
#include "records_house.h"

/* A store at this path with one record. */
static struct store *
make(struct house *h, const char *path, const char *id)
{
	struct store *s = store_open(path, true, &h->errmsg);
	struct feed *f = feed_new(h->file, s);

	assert_non_null(s);
	house_line(h, id, "a@example.org", NULL);
	while (feed_batch(f, &h->errmsg) == FEED_MORE)
		;
	feed_free(f);
	return s;
}

static bool
has(struct kept_store *k, const char *id, struct buf *errmsg)
{
	struct buf line = BUF_INIT;
	struct store *s = kept_store_open(k, errmsg);
	bool found = s != NULL && store_get(s, id, &line);

	buf_free(&line);
	return found;
}

static void
test_kept(void **state)
{
	struct house *h = *state;
	struct kept_store k = { .path = h->store };
	struct store *first, *writer;
	char command[160];

	assert_null(kept_store_open(&k, &h->errmsg));
	writer = make(h, h->store, "AAAAAAAAAAA1");
	first = kept_store_open(&k, &h->errmsg);
	assert_non_null(first);
	assert_true(has(&k, "AAAAAAAAAAA1", &h->errmsg));
	assert_false(has(&k, "AAAAAAAAAAA2", &h->errmsg));
	/* What comes later is seen, without opening anew. */
	store_close(writer);
	writer = make(h, h->store, "AAAAAAAAAAA2");
	assert_true(has(&k, "AAAAAAAAAAA2", &h->errmsg));
	assert_ptr_equal(kept_store_open(&k, &h->errmsg), first);
	store_close(writer);
	/* Another file under the name, and nothing left of the one before. */
	snprintf(command, sizeof command, "rm %s*", h->store);
	assert_int_equal(system(command), 0);
	unlink(h->file);
	store_close(make(h, h->store, "AAAAAAAAAAA3"));
	assert_true(has(&k, "AAAAAAAAAAA3", &h->errmsg));
	assert_false(has(&k, "AAAAAAAAAAA1", &h->errmsg));
	/* A newer saywhy changes it. */
	writer = store_open(h->store, true, &h->errmsg);
	assert_true(db_run(store_db(writer), "PRAGMA user_version = 99"));
	store_close(writer);
	assert_null(kept_store_open(&k, &h->errmsg));
	assert_non_null(strstr(h->errmsg.data, "newer"));
	kept_store_close(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(test_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
