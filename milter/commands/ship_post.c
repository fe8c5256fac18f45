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
#include "records/post_state.h"
#include "records/record_read.h"
#include "records/ship_state.h"

#define POLL_MS 200		/* between two looks at a file that rests */
#define LONGEST_MS 60000	/* between two tries, unless the server says */
#define TELL_MS 600000
#define STATE_MS 1000		/* between two states, while there is news */
#define NO_NEWS_MS 20000	/* and while there is none */

struct shipment {
	const struct post_options *opt;
	struct follow *follow;
	struct post *post;
	struct follow_line *read;	/* opt->batch of each */
	struct post_line *lines;
	struct ship_state state;
	struct buf state_path;
	bool once, news;		/* the state is not saved yet */
	long long wait;			/* ms until the next try */
	unsigned long long logged;
	int64_t next_tell, state_at;	/* when the state was saved */
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
			s->state.bad++;
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
	if (failing && !s->state.failing)
		log_error("%s: records wait in their file: %s",
		    s->opt->item.title, result->errmsg.data);
	else if (!failing && s->state.failing)
		log_info("%s: takes records again", s->opt->item.title);
	s->state.failing = failing;
	snprintf(s->state.failure, sizeof s->state.failure, "%s",
	    failing ? result->errmsg.data : "");
	if (!failing && result->refused > 0)
		log_warn("%s: will not have %zu of %zu records: %s",
		    s->opt->item.title, result->refused, result->refused +
		    result->taken, result->refusal.data);
}

static void
tell_progress(struct shipment *s, bool now)
{
	const struct ship_state *n = &s->state;
	unsigned long long all = n->taken + n->refused + n->bad;

	if ((!now && clock_ms() < s->next_tell) || all == s->logged)
		return;
	log_info("%s: %llu records posted, %llu refused, %llu lines were no "
	    "record; %lld bytes are left", s->opt->item.title,
	    (unsigned long long)n->taken, (unsigned long long)n->refused,
	    (unsigned long long)n->bad, (long long)follow_left(s->follow));
	s->logged = all;
	s->next_tell = clock_ms() + TELL_MS;
}

/* For saywhyd; `pause` ms are waited for then. */
static void
tell_state(struct shipment *s, long long pause)
{
	int64_t next = s->state_at + (s->news ? STATE_MS : NO_NEWS_MS);

	if (pause < STATE_MS && s->state_at != 0 && clock_ms() < next)
		return;
	s->state.behind = follow_left(s->follow);
	s->state.now = clock_epoch_ms();
	s->state.wait = NO_NEWS_MS + pause + s->opt->timeout;
	ship_state_save(s->state_path.data, &s->state);
	s->state_at = clock_ms();
	s->news = false;
}

static void
note_taken(struct shipment *s, const struct post_result *result, size_t n)
{
	size_t i;
	int64_t t;

	s->state.taken += result->taken;
	s->state.refused += result->refused;
	for (i = 0; i < n; i++) {
		t = parsed_time(s->lines[i].record);
		if (t > s->state.newest)
			s->state.newest = t;
	}
}

/* One batch of n lines; how long to wait then, in ms. */
static long long
ship_lines(struct shipment *s, size_t n)
{
	struct post_result result = POST_RESULT_INIT;
	uint64_t bad = s->state.bad;
	size_t good = read_records(s, n), i;
	bool done = post_lines(s->post, s->lines, good, &result) == POST_DONE;

	if (done && !follow_done(s->follow, &result.errmsg))
		done = false;
	tell(s, !done, &result);
	s->news = true;
	if (done) {
		note_taken(s, &result, good);
		s->wait = 0;
	} else
		s->state.bad = bad;
	for (i = 0; i < good; i++)
		parsed_free((struct parsed_record *)s->lines[i].record);
	buf_free(&result.errmsg);
	buf_free(&result.refusal);
	return done ? 0 : back_off(s, result.wait);
}

static void
follow(struct shipment *s)
{
	long long pause;
	size_t n;

	tell_state(s, 0);
	while (!process_stopped()) {
		n = follow_next(s->follow, s->read, (size_t)s->opt->batch);
		tell_progress(s, false);
		if (n == 0 && s->once)
			break;
		pause = n == 0 ? POLL_MS : ship_lines(s, n);
		tell_state(s, pause);
		if (s->state.failing && s->once)
			break;
		process_wait(pause);
	}
	s->state_at = 0;
	tell_state(s, 0);
	tell_progress(s, true);
}

int
ship_post(const struct ruleset *r, const char *name, bool once)
{
	struct shipment s = { .opt = post_find(&r->posts, name),
		.state_path = BUF_INIT, .once = once };
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
	post_state_put_path(&s.state_path, s.opt);
	/* Of the one before: what it had posted is posted. */
	ship_state_load(s.state_path.data, &s.state);
	s.state = (struct ship_state){ .newest = s.state.newest };
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
	buf_free(&s.state_path);
	return once && s.state.failing ? EX_UNAVAILABLE : 0;
}
