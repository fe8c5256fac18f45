/* ship - saywhy ship: the record file into a store that many hosts share */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/process.h"
#include "commands/command.h"
#include "commands/ship_post.h"
#include "engine/ruleset.h"
#include "records/db_name.h"
#include "records/digester.h"
#include "records/feed.h"
#include "records/ship_answer.h"
#include "records/ship_state.h"
#include "records/store.h"
#include "version.h"

#define POLL_MS 100		/* between two looks at a file that rests */
#define RETRY_MS 2000		/* at a server that does not answer */
#define CHECK_MS 10000		/* whether it has still what it took */
#define EXPIRE_MS 600000
#define TELL_MS 600000
#define STATE_MS 1000
#define IDLE_MAX 40		/* looks at nothing new, with --once */

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	{ .name = "once", .letter = '1',
	    .help = "end when all of the file is shipped, do not follow it" },
	{ .name = NULL }
};

struct ship {
	const struct record_options *opt;
	struct buf shipper;	/* the name of our position */
	struct buf name;	/* of the store, as it may be shown */
	struct store *store;	/* NULL: not connected */
	struct feed *feed;
	bool once;
	struct ship_state state;
	int64_t next_check, next_expire, next_tell, next_state;
	uint64_t logged;	/* records, when the log had it last */
};

static bool
open_store(struct ship *s, struct buf *errmsg)
{
	if (s->store != NULL)
		return true;
	s->store = store_open(s->opt->store, true, errmsg);
	if (s->store == NULL)
		return false;
	if (store_ship_as(s->store, s->shipper.data, s->opt->retention,
	    errmsg)) {
		feed_use(s->feed, s->store);
		return true;
	}
	store_close(s->store);
	s->store = NULL;
	return false;
}

/* Says that it fails, and that it works again, once each. */
static void
tell(struct ship *s, bool failing, const struct buf *errmsg)
{
	if (failing && !s->state.failing)
		log_error("records stay in %s until the store takes them: %s",
		    s->opt->file, errmsg->data);
	else if (!failing && s->state.failing)
		log_info("%s takes records again", s->name.data);
	s->state.failing = failing;
	s->state.taken = feed_counts(s->feed).taken;
	s->state.bad = feed_counts(s->feed).bad;
	s->state.newest = feed_counts(s->feed).newest;
	snprintf(s->state.failure, sizeof s->state.failure, "%s",
	    failing ? errmsg->data : "");
	if (clock_ms() >= s->next_state) {
		s->state.behind = feed_left(s->feed);
		s->state.now = clock_epoch_ms();
		ship_state_save(s->opt->ship_state, &s->state);
		s->next_state = clock_ms() + STATE_MS;
	}
	if (clock_ms() < s->next_tell ||
	    (s->state.taken == s->logged && s->state.behind == 0))
		return;
	log_info("shipped %llu records, %lld bytes are left",
	    (unsigned long long)s->state.taken, (long long)s->state.behind);
	s->logged = s->state.taken;
	s->next_tell = clock_ms() + TELL_MS;
}

/* Days that are too old; a failure is of no matter here, it comes again. */
static void
expire(struct ship *s)
{
	if (clock_ms() < s->next_expire)
		return;
	if (store_expire(s->store, clock_epoch_ms() - s->opt->retention, 0) <
	    STORE_SLICE)
		s->next_expire = clock_ms() + EXPIRE_MS;
}

/*
 * A server that was killed may have lost the last half second, and when no
 * record comes we do not hear of its end.
 */
static void
check(struct ship *s)
{
	if (clock_ms() < s->next_check)
		return;
	feed_check(s->feed);
	s->next_check = clock_ms() + CHECK_MS;
}

/* One batch; how long to wait until the next, in ms. */
static int
ship_batch(struct ship *s)
{
	enum feed_answer answer = FEED_FAILED;
	struct buf errmsg = BUF_INIT;

	check(s);
	if (open_store(s, &errmsg)) {
		feed_oldest(s->feed, clock_epoch_ms() - s->opt->retention);
		answer = feed_batch(s->feed, &errmsg);
	}
	if (answer == FEED_FAILED) {
		store_close(s->store);
		s->store = NULL;
	} else
		expire(s);
	tell(s, answer == FEED_FAILED, &errmsg);
	buf_free(&errmsg);
	return answer == FEED_MORE ? 0 : answer == FEED_IDLE ? POLL_MS :
	    RETRY_MS;
}

/*
 * With --once: a file that was renamed a moment ago is read on after some
 * seconds only, and a last line that is torn is never read.
 */
static bool
is_done(const struct ship *s, int idle)
{
	return s->once && (s->state.failing || idle >= IDLE_MAX ||
	    (idle >= 2 && feed_left(s->feed) == 0));
}

static void
follow(struct ship *s)
{
	int ms, idle = 0;

	while (!process_stopped() && !is_done(s, idle)) {
		ms = ship_batch(s);
		idle = ms == POLL_MS ? idle + 1 : 0;
		process_wait(ms);
	}
	s->next_state = s->next_tell = 0;
	tell(s, s->state.failing, &s->name);
}

/* Into the store. */
static int
ship_store(const struct ruleset *rules, bool once)
{
	struct ship s = { .opt = &rules->records, .shipper = BUF_INIT,
		.name = BUF_INIT, .once = once };
	struct ship_answer *answer;
	struct digester *digester;

	process_catch_stop();
	signal(SIGPIPE, SIG_IGN);
	buf_printf(&s.shipper, "%s %s", rules->site.name, s.opt->file);
	db_put_name(&s.name, s.opt->store);
	s.feed = feed_new(s.opt->file, NULL);
	process_notify("READY=1");
	log_info("shipping %s to %s", s.opt->file, s.name.data);
	digester = once ? NULL : digester_start(s.opt->store);
	answer = once ? NULL : ship_answer_start(s.opt->ship_state,
	    s.opt->store);
	follow(&s);
	ship_answer_stop(answer);
	digester_stop(digester);
	feed_free(s.feed);
	store_close(s.store);
	buf_free(&s.shipper);
	buf_free(&s.name);
	return s.once && s.state.failing ? EX_UNAVAILABLE : 0;
}

static int
run(struct arguments *args)
{
	const char *path = SAYWHY_CONFIG, *value;
	const struct argument *a;
	struct ruleset *rules;
	bool once = false;
	int status;

	while ((a = arguments_next(args, &value)) != NULL)
		if (strcmp(a->name, "once") == 0)
			once = true;
		else
			path = value;
	rules = command_settings(path);
	if (args->argc == 0 && (rules->records.file == NULL ||
	    !db_is_server(rules->records.store)))
		arguments_wrong(args, "%s names no record-file and store = "
		    "\"postgresql://...\" to ship to", path);
	command_as_account(rules);
	log_open("saywhy-ship", false, LOG_LEVEL_INFO);
	status = args->argc == 0 ? ship_store(rules, once) :
	    ship_post(rules, args->argv[0], once);
	ruleset_release(rules);
	return status;
}

const struct command command_ship = {
	.name = "ship",
	.words = "[--once] [NAME]",
	.max_words = 1,
	.summary = "Ships records to the store of many hosts, or by HTTP "
	    "as ship \"NAME\" says",
	.arguments = arguments,
	.run = run
};
