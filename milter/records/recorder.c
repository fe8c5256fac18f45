/* recorder - where records go */

#include "records/recorder.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "records/db_name.h"
#include "records/feeder.h"
#include "records/privacy.h"
#include "records/record.h"
#include "records/ship_state.h"
#include "records/sink.h"
#include "words/reason.h"

static const struct sink *const sinks[] = {
#define SINK(name) &sink_##name,
#include "records/sinks.def"
#undef SINK
};

#define NSINKS (sizeof sinks / sizeof sinks[0])

/* A sink that is open, and how it fares. */
struct outlet {
	void *state;		/* NULL: the options want none of it */
	uint64_t lost;		/* since it began to fail; 0: it works */
};

struct recorder {
	pthread_mutex_t lock;
	struct record_options opt;
	struct outlet outlets[NSINKS];
	struct recorder_counts counts;
	uint64_t kinds[ISSUER_COUNT][OUTCOME_COUNT][REASON_COUNT];
	struct feeder *feeder;	/* NULL: no store */
	void (*watcher)(void *arg, const struct buf *line);	/* or NULL */
	void *watcher_arg;
};

static void
free_text(void *slot)
{
	mem_replace(slot, NULL);
}

/* A file may be called anything; nobody calls one "mysql://...". */
static bool
parse_store(void *base, void *slot, const char *value, struct buf *errmsg)
{
	(void)base;
	if (strstr(value, "://") != NULL && !db_is_server(value)) {
		buf_printf(errmsg, "\"%.*s://\" is no kind of store; write "
		    "\"postgresql://HOST/DATABASE\", or a path",
		    (int)strcspn(value, ":"), value);
		return false;
	}
	mem_replace(slot, value);
	return true;
}

#define AT(member) offsetof(struct record_options, member)

const struct option record_option_rows[] = {
	{ .name = "record-file", .type = OPTION_TEXT, .offset = AT(file),
	    .help = "file that gets one JSON line a record" },
	{ .name = "syslog", .type = OPTION_BOOL, .offset = AT(syslog),
	    .default_value = "yes", .help = "records to syslog, too" },
	{ .name = "journal-fields", .type = OPTION_BOOL, .offset = AT(journal),
	    .default_value = "yes",
	    .help = "where syslog is the journal of systemd, with fields" },
	{ .name = "host-number", .type = OPTION_INT,
	    .offset = AT(host_number), .min = 1, .max = RECORD_HOSTS,
	    .help = "which of many hosts this is, in its ids; unset: none" },
	{ .name = "retention", .type = OPTION_TIME, .offset = AT(retention),
	    .default_value = "14 days",
	    .help = "how long record files live; 0 keeps no records" },
	{ .name = "privacy", .type = OPTION_WORD, .offset = AT(privacy),
	    .words = privacy_names, .default_value = "full",
	    .help = "full, or local parts removed, or hashed" },
	{ .name = "privacy-key", .type = OPTION_TEXT,
	    .offset = AT(privacy_key), .secret = true,
	    .help = "secret of the hashes; unset: a new one at every start" },
	{ .name = "matched-text", .type = OPTION_BOOL,
	    .offset = AT(matched_text), .default_value = "no",
	    .help = "records may hold up to 64 bytes of matched text" },
	{ .name = "store", .type = OPTION_PARSE, .offset = AT(store),
	    .parse = parse_store, .free = free_text,
	    .help = "database that the record file is read into, to be asked" },
	{ .name = "ship-state", .type = OPTION_TEXT,
	    .offset = AT(ship_state),
	    .default_value = "/run/saywhy-ship/state",
	    .help = "where \"saywhy ship\" says how far behind it is" },
	{ .name = "store-size", .type = OPTION_SIZE,
	    .offset = AT(store_size), .default_value = "1G",
	    .help = "most bytes of the store, the oldest go; 0: any" },
	{ .name = NULL }
};

static void
copy_options(struct recorder *r, const struct record_options *opt)
{
	char *file = mem_dup(opt->file);
	char *words = mem_dup(opt->privacy_key);
	char *store = mem_dup(opt->store);
	char *ship_state = mem_dup(opt->ship_state);

	free(r->opt.ship_state);
	free(r->opt.file);
	free(r->opt.privacy_key);
	free(r->opt.store);
	r->opt = *opt;
	r->opt.file = file;
	r->opt.privacy_key = words;
	r->opt.store = store;
	r->opt.ship_state = ship_state;
}

static void
close_all(struct recorder *r)
{
	size_t i;

	for (i = 0; i < NSINKS; i++)
		if (r->outlets[i].state != NULL) {
			sinks[i]->close(r->outlets[i].state);
			r->outlets[i].state = NULL;
		}
}

static void
open_all(struct recorder *r)
{
	size_t i;

	for (i = 0; i < NSINKS; i++)
		if (r->opt.retention != 0)
			r->outlets[i].state = sinks[i]->open(&r->opt);
}

struct recorder *
recorder_new(const struct record_options *opt)
{
	struct recorder *r = mem_alloc(sizeof *r);

	pthread_mutex_init(&r->lock, NULL);
	copy_options(r, opt);
	privacy_key(opt->privacy_key);
	record_id_host(opt->host_number);
	open_all(r);
	r->feeder = feeder_start(&r->opt);
	return r;
}

void
recorder_watch(struct recorder *r,
    void (*tell)(void *arg, const struct buf *line), void *arg)
{
	r->watcher = tell;
	r->watcher_arg = arg;
}

static void
tell_watcher(const struct recorder *r, const struct record *record)
{
	struct buf line = BUF_INIT;

	if (r->watcher == NULL || r->opt.retention == 0)
		return;
	record_json(record, &r->opt, &line);
	r->watcher(r->watcher_arg, &line);
	buf_free(&line);
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Without the lock, because it may be slow. */
static void
stop_feeder(struct recorder *r)
{
	struct feeder *f;

	pthread_mutex_lock(&r->lock);
	f = r->feeder;
	r->feeder = NULL;
	pthread_mutex_unlock(&r->lock);
	feeder_stop(f);
}

void
recorder_apply(struct recorder *r, const struct record_options *opt)
{
	stop_feeder(r);
	pthread_mutex_lock(&r->lock);
	if (!same_text(r->opt.privacy_key, opt->privacy_key))
		privacy_key(opt->privacy_key);
	record_id_host(opt->host_number);
	close_all(r);
	copy_options(r, opt);
	open_all(r);
	r->feeder = feeder_start(&r->opt);
	pthread_mutex_unlock(&r->lock);
}

void
recorder_reopen(struct recorder *r)
{
	size_t i;

	pthread_mutex_lock(&r->lock);
	for (i = 0; i < NSINKS; i++)
		if (r->outlets[i].state != NULL && sinks[i]->reopen != NULL)
			sinks[i]->reopen(r->outlets[i].state);
	pthread_mutex_unlock(&r->lock);
}

void
recorder_expire(struct recorder *r)
{
	size_t i;

	pthread_mutex_lock(&r->lock);
	for (i = 0; i < NSINKS; i++)
		if (r->outlets[i].state != NULL && sinks[i]->expire != NULL)
			sinks[i]->expire(r->outlets[i].state,
			    r->opt.retention);
	pthread_mutex_unlock(&r->lock);
}

/*
 * True when the sink kept the record. Says that a sink fails, and that it
 * works again, once each.
 */
static bool
tell(struct recorder *r, size_t i, const struct record *record)
{
	struct outlet *o = &r->outlets[i];
	struct buf errmsg = BUF_INIT;
	bool kept = sinks[i]->emit(o->state, record, &r->opt, &errmsg);

	if (kept && o->lost > 0) {
		log_warn("%s works again; %llu records were not kept",
		    sinks[i]->name, (unsigned long long)o->lost);
		o->lost = 0;
	}
	if (!kept && o->lost++ == 0)
		log_error("%s cannot keep records, mail goes on: %s",
		    sinks[i]->name, errmsg.data);
	buf_free(&errmsg);
	return kept;
}

void
recorder_emit(struct recorder *r, const struct record *record)
{
	bool kept = true;
	size_t i;

	if (r == NULL)
		return;
	pthread_mutex_lock(&r->lock);
	r->kinds[record->issuer][record->outcome][record->reason]++;
	for (i = 0; i < NSINKS; i++)
		if (r->outlets[i].state != NULL)
			kept &= tell(r, i, record);
	tell_watcher(r, record);
	if (kept)
		r->counts.written++;
	else
		r->counts.lost++;
	pthread_mutex_unlock(&r->lock);
}

/* A store on a server is fed by "saywhy ship", which tells how it fares. */
static struct feeder_health
shipped(const struct record_options *opt)
{
	struct feeder_health health = { .on = true, .failing = true,
		.failure = "nobody says that \"saywhy ship\" runs" };
	struct ship_state state;

	if (ship_state_load(opt->ship_state, &state)) {
		health.failing = state.failing;
		health.taken = state.taken;
		health.bad = state.bad;
		health.behind = state.behind;
		health.newest = state.newest;
		snprintf(health.failure, sizeof health.failure, "%s",
		    state.failure);
	}
	return health;
}

struct recorder_counts
recorder_counts(struct recorder *r)
{
	struct recorder_counts counts;

	pthread_mutex_lock(&r->lock);
	counts = r->counts;
	counts.store = feeder_health(r->feeder);
	if (db_is_server(r->opt.store))
		counts.store = shipped(&r->opt);
	pthread_mutex_unlock(&r->lock);
	return counts;
}

uint64_t
recorder_count(struct recorder *r, enum issuer issuer, enum outcome outcome,
    int reason)
{
	uint64_t n;

	pthread_mutex_lock(&r->lock);
	n = r->kinds[issuer][outcome][reason];
	pthread_mutex_unlock(&r->lock);
	return n;
}

void
recorder_free(struct recorder *r)
{
	if (r == NULL)
		return;
	feeder_stop(r->feeder);
	close_all(r);
	free(r->opt.file);
	free(r->opt.privacy_key);
	free(r->opt.store);
	free(r->opt.ship_state);
	pthread_mutex_destroy(&r->lock);
	free(r);
}
