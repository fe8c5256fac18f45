/* control_metrics - the daemon's numbers as OpenMetrics text */

#include "doors/control_metrics.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/log.h"
#include "counters/counters.h"
#include "doors/control_metrics_lists.h"
#include "doors/libmilter_frames.h"
#include "doors/libmilter_threads.h"
#include "engine/engine.h"
#include "engine/engine_time.h"
#include "records/record.h"
#include "records/recorder.h"
#include "version.h"
#include "words/reason.h"

static void
put_family(struct buf *out, const char *name, const char *type,
    const char *help)
{
	buf_printf(out, "# TYPE saywhy_%s %s\n# HELP saywhy_%s %s\n", name,
	    type, name, help);
}

static void
put_counter(struct buf *out, const char *name, const char *help, uint64_t n)
{
	put_family(out, name, "counter", help);
	buf_printf(out, "saywhy_%s_total %" PRIu64 "\n", name, n);
}

static void
put_gauge(struct buf *out, const char *name, const char *help, int64_t n)
{
	put_family(out, name, "gauge", help);
	buf_printf(out, "saywhy_%s %" PRId64 "\n", name, n);
}

static void
put_mail(struct buf *out)
{
	struct engine_counts c = engine_counts();

	put_gauge(out, "sessions_now", "Sessions that are open.",
	    (int64_t)libmilter_threads_sessions());
	put_counter(out, "sessions", "Sessions since the start.", c.sessions);
	put_counter(out, "messages", "Messages seen to their end.",
	    c.messages);
	put_counter(out, "recipients", "Recipients seen.", c.recipients);
	put_counter(out, "marked", "Messages marked.", c.marked);
	put_counter(out, "milter_packets_wrong", "Packets of the mail server "
	    "that had the wrong shape.", libmilter_frames_wrong());
}

static void
put_counters(struct buf *out)
{
	struct counters_state s;

	counters_state(&s);
	put_gauge(out, "counters_keys", "Keys that limits and greylisting "
	    "count here.", (int64_t)s.keys);
	put_counter(out, "counters_evicted", "Keys that had to go while they "
	    "counted.", s.evicted);
	if (!s.server)
		return;
	put_gauge(out, "counters_server_healthy", "The shared server "
	    "answers.", s.healthy);
	put_counter(out, "counters_server_failures", "Questions that the "
	    "shared server did not answer in time.", s.failures);
}

/* One sample for each that happened; the others are not named. */
static void
put_refusals(struct buf *out, struct recorder *r)
{
	size_t issuer, outcome;
	uint64_t n;
	int reason;

	put_family(out, "refusals", "counter",
	    "Records by who refused, what happened and why.");
	for (issuer = 0; issuer_names[issuer] != NULL; issuer++)
		for (outcome = 0; outcome_names[outcome] != NULL; outcome++)
			for (reason = 0; reason < REASON_COUNT; reason++) {
				n = recorder_count(r, (enum issuer)issuer,
				    (enum outcome)outcome, reason);
				if (n == 0)
					continue;
				buf_printf(out, "saywhy_refusals_total{issuer"
				    "=\"%s\",outcome=\"%s\",reason=\"%s\"} %"
				    PRIu64 "\n", issuer_names[issuer],
				    outcome_names[outcome],
				    reason == REASON_NONE ? "none" :
				    reason_get(reason)->name, n);
			}
}

static void
put_histogram(struct buf *out, enum stage stage)
{
	static const int64_t edges[] = ENGINE_TIME_EDGES;
	struct engine_time t = engine_time_get(stage);
	const char *name = stage_name(stage);
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < ENGINE_TIME_BUCKETS; i++) {
		sum += t.buckets[i];
		buf_printf(out, "saywhy_step_seconds_bucket{stage=\"%s\","
		    "le=\"", name);
		if (i < ENGINE_TIME_BUCKETS - 1)
			buf_printf(out, "%g", (double)edges[i] / 1e6);
		else
			buf_puts(out, "+Inf");
		buf_printf(out, "\"} %" PRIu64 "\n", sum);
	}
	buf_printf(out, "saywhy_step_seconds_count{stage=\"%s\"} %" PRIu64
	    "\nsaywhy_step_seconds_sum{stage=\"%s\"} %.6f\n", name, t.steps,
	    name, (double)t.us / 1e6);
}

static void
put_records(struct buf *out, struct recorder *r)
{
	struct recorder_counts c = recorder_counts(r);

	put_counter(out, "records_written", "Records that every sink kept.",
	    c.written);
	put_counter(out, "records_lost", "Records that some sink lost.",
	    c.lost);
	put_counter(out, "log_lines_lost", "Lines of the daemon's own log "
	    "that nobody took.", log_lost());
	put_gauge(out, "store_failing", "1 while the store cannot be written.",
	    c.store.failing);
	put_gauge(out, "store_behind_bytes",
	    "Bytes of the record file that are not in the store yet.",
	    c.store.behind);
	put_gauge(out, "store_lag_seconds",
	    "Since the time of the last record that is in the store, while "
	    "others are not.", feeder_lag(&c.store) / 1000);
	put_counter(out, "store_records", "Records taken into the store.",
	    c.store.taken);
}

static void
put_policy(struct buf *out, const char *policy, const struct timespec *loaded)
{
	put_family(out, "policy", "info", "What is refused, and how.");
	buf_printf(out, "saywhy_policy_info{policy=\"%s\",version=\"%s\"} 1\n",
	    policy, SAYWHY_VERSION);
	put_gauge(out, "policy_loaded_seconds",
	    "When it was loaded last, in seconds since 1970.",
	    loaded->tv_sec);
}

void
control_metrics(struct buf *out, struct recorder *recorder,
    const char *policy, const struct timespec *loaded)
{
	enum stage stage;

	put_policy(out, policy, loaded);
	put_mail(out);
	put_counters(out);
	put_refusals(out, recorder);
	put_family(out, "step_seconds", "histogram",
	    "Time of our own for one step of a session.");
	for (stage = STAGE_CONNECT; stage <= STAGE_MESSAGE; stage++)
		put_histogram(out, stage);
	put_records(out, recorder);
	control_metrics_lists(out);
	buf_puts(out, "# EOF\n");
}
