/*
 * records_house.h - a folder with a record file, for tests
 */
#ifndef RECORDS_HOUSE_H
#define RECORDS_HOUSE_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"

struct house {
	char dir[64];
	char file[128], store[128];
	struct buf errmsg;
};

#define HOUSE_TEST(test) \
	cmocka_unit_test_setup_teardown(test, house_open, house_close)

static int
house_open(void **state)
{
	struct house *h = calloc(1, sizeof *h);

	snprintf(h->dir, sizeof h->dir, "/tmp/saywhy-test-XXXXXX");
	assert_non_null(mkdtemp(h->dir));
	snprintf(h->file, sizeof h->file, "%s/records.json", h->dir);
	snprintf(h->store, sizeof h->store, "%s/records.db", h->dir);
	h->errmsg = (struct buf)BUF_INIT;
	*state = h;
	return 0;
}

static int
house_close(void **state)
{
	struct house *h = *state;
	char command[128];

	snprintf(command, sizeof command, "rm -r %s", h->dir);
	assert_int_equal(system(command), 0);
	buf_free(&h->errmsg);
	free(h);
	return 0;
}

static inline void
house_text(struct house *h, const char *text)
{
	FILE *f = fopen(h->file, "a");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* A record; NULL time is now. */
static inline void
house_line(struct house *h, const char *id, const char *sender,
    const char *time)
{
	struct buf line = BUF_INIT;
	struct timespec now = clock_now();
	char text[CLOCK_TEXT];

	buf_printf(&line, "{\"v\":1,\"time\":\"%s\",\"id\":\"%s\",\"host\":"
	    "\"mx.example.org\",\"issuer\":\"saywhy\",\"direction\":\"in\","
	    "\"outcome\":\"reject\",\"stage\":\"rcpt\",\"reason\":"
	    "\"relay-denied\",\"who\":\"sender\",\"reply\":{\"code\":550,"
	    "\"status\":\"5.7.1\",\"lines\":[\"No relaying for %s.\"]},"
	    "\"server\":{},\"client\":{\"address\":\"192.0.2.7\"},"
	    "\"sender\":\"%s\",\"recipients\":[\"Rita@Example.com\"],"
	    "\"mode\":\"enforce\",\"ms\":0.1}\n",
	    time != NULL ? time : clock_rfc3339(&now, text), id, sender,
	    sender);
	house_text(h, line.data);
	buf_free(&line);
}

#endif
