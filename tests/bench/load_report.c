/* load_report - the result of a run, for people and for programs */

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/json.h"
#include "load_stats.h"

static const char *const error_names[ERRORS] = {
	[ERROR_CONNECT] = "connect",
	[ERROR_HANGUP] = "hangup",
	[ERROR_NONSENSE] = "nonsense",
	[ERROR_TIMEOUT] = "timeout",
};

static const struct share {
	const char *name;
	double share;
} shares[] = {
	{ "p50", .50 },
	{ "p90", .90 },
	{ "p99", .99 },
	{ "p999", .999 },
	{ "max", 1 },
};
enum { SHARES = sizeof shares / sizeof *shares };

static const struct counter {
	const char *name;
	size_t offset;	/* of a uint64_t in struct stats */
} counters[] = {
	{ "sessions", offsetof(struct stats, sessions) },
	{ "messages", offsetof(struct stats, messages) },
	{ "finished", offsetof(struct stats, finished) },
	{ "aborted", offsetof(struct stats, aborted) },
	{ "dropped", offsetof(struct stats, dropped) },
};
enum { COUNTERS = sizeof counters / sizeof *counters };

static uint64_t
count(const struct stats *s, const struct counter *c)
{
	return *(const uint64_t *)(const void *)
	    ((const char *)s + c->offset);
}

/* Microseconds of processor time for each message. */
static double
per_message(const struct stats *s, double cpu)
{
	return s->messages == 0 ? 0 : cpu * 1e6 / (double)s->messages;
}

static double
filter_cpu(const struct stats *s)
{
	return s->after.cpu - s->before.cpu;
}

static double
rate(const struct stats *s)
{
	return s->seconds > 0 ? (double)s->messages / s->seconds : 0;
}

static void
print_latency(const char *name, const struct histogram *h, FILE *out)
{
	if (h->n == 0)
		return;
	fprintf(out, "  %-10s%10" PRIu64, name, h->n);
	for (int i = 0; i < SHARES; i++)
		fprintf(out, "%10" PRIu64, histogram_at(h, shares[i].share));
	fputc('\n', out);
}

static void
print_latencies(const struct stats *s, FILE *out)
{
	fprintf(out, "latency, us       count");
	for (int i = 0; i < SHARES; i++)
		fprintf(out, "%10s", shares[i].name);
	fputc('\n', out);
	for (int i = 0; i < STEPS; i++)
		print_latency(step_rows[i].name, &s->steps[i], out);
	print_latency("message", &s->message, out);
	print_latency("session", &s->session, out);
}

static void
print_answers(const struct stats *s, FILE *out)
{
	for (int step = 0; step < STEPS; step++)
		for (int c = 0; c < 256; c++)
			if (s->answers[step][c] > 0)
				fprintf(out, "answer  %-10s %-14s %" PRIu64
				    "\n", step_rows[step].name,
				    proto_answer_name((char)c),
				    s->answers[step][c]);
	for (size_t i = 0; i < sizeof s->codes / sizeof *s->codes; i++)
		if (s->codes[i].n > 0)
			fprintf(out, "code    %-25s %" PRIu64 "\n",
			    s->codes[i].code, s->codes[i].n);
}

static void
print_process(const char *when, const struct process *p, FILE *out)
{
	fprintf(out, "filter  %-8s cpu %.2f s, rss %ld KiB, peak %ld KiB, "
	    "threads %ld\n", when, p->cpu, p->rss, p->peak, p->threads);
}

void
stats_print(const struct stats *s, FILE *out)
{
	fprintf(out, "negotiated actions %#x, flags %#x\n", s->actions,
	    s->flags);
	for (int i = 0; i < COUNTERS; i++)
		fprintf(out, "%s %" PRIu64 "%s", counters[i].name,
		    count(s, &counters[i]), i + 1 < COUNTERS ? ", " : "\n");
	for (int i = 0; i < ERRORS; i++)
		if (s->errors[i] > 0)
			fprintf(out, "error   %-25s %" PRIu64 "\n",
			    error_names[i], s->errors[i]);
	print_answers(s, out);
	print_latencies(s, out);
	if (s->before.threads > 0) {
		print_process("before", &s->before, out);
		if (s->waiting_sessions > 0)
			print_process("waiting", &s->waiting, out);
		print_process("after", &s->after, out);
	}
	fprintf(out, "%.3f s, %.0f messages/s; cpu for each message: filter "
	    "%.1f us, driver %.1f us\n", s->seconds, rate(s),
	    per_message(s, filter_cpu(s)), per_message(s, s->own_cpu));
}

static void
json_latency(struct json *j, const char *name, const struct histogram *h)
{
	if (h->n == 0)
		return;
	json_key(j, name);
	json_object(j);
	json_key(j, "count");
	json_int(j, (long long)h->n);
	for (int i = 0; i < SHARES; i++) {
		json_key(j, shares[i].name);
		json_int(j, (long long)histogram_at(h, shares[i].share));
	}
	json_object_end(j);
}

static void
json_latencies(struct json *j, const struct stats *s)
{
	json_key(j, "latency_us");
	json_object(j);
	for (int i = 0; i < STEPS; i++)
		json_latency(j, step_rows[i].name, &s->steps[i]);
	json_latency(j, "message", &s->message);
	json_latency(j, "session", &s->session);
	json_object_end(j);
}

static void
json_count(struct json *j, const char *name, uint64_t n)
{
	if (n == 0)
		return;
	json_key(j, name);
	json_int(j, (long long)n);
}

static void
json_answers(struct json *j, const struct stats *s)
{
	json_key(j, "answers");
	json_object(j);
	for (int step = 0; step < STEPS; step++) {
		json_key(j, step_rows[step].name);
		json_object(j);
		for (int c = 0; c < 256; c++)
			json_count(j, proto_answer_name((char)c),
			    s->answers[step][c]);
		json_object_end(j);
	}
	json_object_end(j);
	json_key(j, "codes");
	json_object(j);
	for (size_t i = 0; i < sizeof s->codes / sizeof *s->codes; i++)
		json_count(j, s->codes[i].code, s->codes[i].n);
	json_object_end(j);
}

static void
json_process(struct json *j, const char *when, const struct process *p)
{
	json_key(j, when);
	json_object(j);
	json_key(j, "cpu_s");
	json_double(j, p->cpu);
	json_key(j, "rss_kib");
	json_int(j, p->rss);
	json_key(j, "peak_kib");
	json_int(j, p->peak);
	json_key(j, "threads");
	json_int(j, p->threads);
	json_object_end(j);
}

static void
json_negotiated(struct json *j, const struct stats *s)
{
	json_key(j, "negotiated");
	json_object(j);
	json_key(j, "actions");
	json_int(j, s->actions);
	json_key(j, "flags");
	json_int(j, s->flags);
	json_key(j, "macros");
	json_array(j);
	for (int i = 0; i < PROTO_MACRO_LISTS; i++)
		json_string(j, s->macros[i]);
	json_array_end(j);
	json_object_end(j);
}

static void
json_totals(struct json *j, const struct stats *s)
{
	for (int i = 0; i < COUNTERS; i++) {
		json_key(j, counters[i].name);
		json_int(j, (long long)count(s, &counters[i]));
	}
	json_key(j, "errors");
	json_object(j);
	for (int i = 0; i < ERRORS; i++)
		json_count(j, error_names[i], s->errors[i]);
	json_object_end(j);
	json_key(j, "seconds");
	json_double(j, s->seconds);
	json_key(j, "per_second");
	json_double(j, rate(s));
	json_key(j, "filter_us");
	json_double(j, per_message(s, filter_cpu(s)));
	json_key(j, "driver_us");
	json_double(j, per_message(s, s->own_cpu));
}

void
stats_json(const struct stats *s, FILE *out)
{
	struct buf text = BUF_INIT;
	struct json j = JSON_INIT(&text);

	json_object(&j);
	json_negotiated(&j, s);
	json_totals(&j, s);
	json_answers(&j, s);
	json_latencies(&j, s);
	json_process(&j, "before", &s->before);
	json_process(&j, "waiting", &s->waiting);
	json_process(&j, "after", &s->after);
	json_object_end(&j);
	fprintf(out, "%s\n", text.data);
	buf_free(&text);
}
