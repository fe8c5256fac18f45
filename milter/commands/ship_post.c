/* ship_post - records by HTTP: saywhy ship NAME */

#include "commands/ship_post.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sysexits.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/process.h"
#include "engine/ruleset.h"
#include "records/follow.h"
#include "records/post.h"
#include "records/record_read.h"

#define POLL_MS 200		/* between two looks at a file that rests */
#define LONGEST_MS 60000	/* between two tries, unless the server says */
#define TELL_MS 600000

struct shipment {
	const struct post_options *opt;
	struct follow *follow;
	struct post *post;
	struct follow_line *read;	/* opt->batch of each */
	struct post_line *lines;
	bool once, failing;
	long long wait;			/* ms until the next try */
	unsigned long long taken, refused, bad, logged;
	int64_t next_tell;
};

/* Twice as long as before, and by half at random: hosts do not come at once. */
static long long
back_off(struct shipment *s, long long wish)
{
	unsigned short random = 0;

	if (getrandom(&random, sizeof random, 0) < 0)
		random = 0;
	s->wait = s->wait == 0 ? 1000 : s->wait * 2;
	if (s->wait > LONGEST_MS)
		s->wait = LONGEST_MS;
	return wish > 0 ? wish + random % 1000 :
	    s->wait / 2 + s->wait * random / 2 / 65536;
}

/* Lines that are no record are counted and passed over. */
static size_t
read_records(struct shipment *s, size_t n)
{
	struct parsed_record *t;
	size_t i, good = 0;

	for (i = 0; i < n; i++) {
		t = record_read(s->read[i].text, s->read[i].n);
		if (t == NULL && s->read[i].n > 0)
			s->bad++;
		if (t != NULL)
			s->lines[good++] = (struct post_line){
				.text = s->read[i].text, .n = s->read[i].n,
				.record = t };
	}
	return good;
}

/* Says that it fails, and that it works again, once each. */
static void
tell(struct shipment *s, bool failing, const struct post_result *result)
{
	if (failing && !s->failing)
		log_error("%s: records wait in their file: %s",
		    s->opt->item.title, result->errmsg.data);
	else if (!failing && s->failing)
		log_info("%s: takes records again", s->opt->item.title);
	s->failing = failing;
	if (!failing && result->refused > 0)
		log_warn("%s: will not have %zu of %zu records: %s",
		    s->opt->item.title, result->refused, result->refused +
		    result->taken, result->refusal.data);
}

static void
tell_progress(struct shipment *s, bool now)
{
	unsigned long long all = s->taken + s->refused + s->bad;

	if ((!now && clock_ms() < s->next_tell) || all == s->logged)
		return;
	log_info("%s: %llu records posted, %llu refused, %llu lines were no "
	    "record; %lld bytes are left", s->opt->item.title, s->taken,
	    s->refused, s->bad, (long long)follow_left(s->follow));
	s->logged = all;
	s->next_tell = clock_ms() + TELL_MS;
}

/* One batch of n lines; how long to wait then, in ms. */
static long long
ship_lines(struct shipment *s, size_t n)
{
	struct post_result result = POST_RESULT_INIT;
	unsigned long long bad = s->bad;
	size_t good = read_records(s, n), i;
	bool done = post_lines(s->post, s->lines, good, &result) == POST_DONE;

	if (done && !follow_done(s->follow, &result.errmsg))
		done = false;
	tell(s, !done, &result);
	if (done) {
		s->taken += result.taken;
		s->refused += result.refused;
		s->wait = 0;
	} else
		s->bad = bad;
	for (i = 0; i < good; i++)
		parsed_free((struct parsed_record *)s->lines[i].record);
	buf_free(&result.errmsg);
	buf_free(&result.refusal);
	return done ? 0 : back_off(s, result.wait);
}

static void
follow(struct shipment *s)
{
	size_t n;

	while (!process_stopped()) {
		n = follow_next(s->follow, s->read, (size_t)s->opt->batch);
		tell_progress(s, false);
		if (n == 0 && s->once)
			break;
		process_wait(n == 0 ? POLL_MS : ship_lines(s, n));
		if (s->failing && s->once)
			break;
	}
	tell_progress(s, true);
}

int
ship_post(const struct ruleset *r, const char *name, bool once)
{
	struct shipment s = { .opt = post_find(&r->posts, name),
		.once = once };
	struct buf errmsg = BUF_INIT;

	if (s.opt == NULL || r->records.file == NULL) {
		fprintf(stderr, "saywhy ship: %s\n", s.opt == NULL ?
		    "the configuration has no ship block of that name" :
		    "there is no record-file to read");
		return EX_CONFIG;
	}
	s.post = post_open(s.opt, &errmsg);
	if (s.post == NULL) {
		fprintf(stderr, "saywhy ship: %s\n", errmsg.data);
		buf_free(&errmsg);
		return EX_UNAVAILABLE;
	}
	process_catch_stop();
	signal(SIGPIPE, SIG_IGN);
	s.follow = follow_new(r->records.file, s.opt->mark);
	s.read = mem_array((size_t)s.opt->batch, sizeof *s.read);
	s.lines = mem_array((size_t)s.opt->batch, sizeof *s.lines);
	process_notify("READY=1");
	log_info("posting %s to %s", r->records.file, name);
	follow(&s);
	follow_free(s.follow);
	post_close(s.post);
	free(s.read);
	free(s.lines);
	return once && s.failing ? EX_UNAVAILABLE : 0;
}
