/*
 * count - how many questions a second the counters answer
 *
 * count KEYS SECONDS [SPEC [THREADS]]
 *	two threads, KEYS different keys; with SPEC ("valkey:unix:/…") by that
 *	server: what it did not answer in time is not counted
 * count age KEYS
 *	KEYS keys all get old at once, and as many others come: the longest
 *	question
 *
 * Prints JSON: questions a second of both threads and for each second that
 * they had a processor, the same of a bare loop that only makes the keys, and
 * the middle and 99th percentile of one question.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "counters/counter_server.h"
#include "counters/counters.h"
#include "counters/counters_options.h"

#define THREADS_MAX 16
#define SAMPLES 200000
#define BATCH 64

struct worker {
	uint64_t keys, seed, done;
	bool server;		/* what it did not answer is not counted */
	int64_t until;		/* clock_us() */
	bool ask;
	double cpu;		/* seconds that it took of a processor */
	uint32_t *us;		/* of single questions */
	size_t nus;
};

static uint64_t
next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return *seed >> 33;
}

/* As text, and cheaply: the text is not what is measured. */
static void
write_word(char word[24], uint64_t number)
{
	size_t i = 0;

	do {
		word[i++] = "0123456789abcdef"[number & 15];
		number >>= 4;
	} while (number > 0);
	word[i] = '\0';
}

static void
one(struct worker *w, bool timed)
{
	char word[24];
	const char *words[] = { word };
	struct counter_question q = { .verb = COUNTER_ADD,
		.window = 3600000, .limit = 1000000, .amount = 1 };
	struct counter_answer a;
	int64_t began;

	write_word(word, next(&w->seed) % w->keys);
	q.key = counter_key("bench", words, 1);
	if (!w->ask)
		return;
	began = timed ? clock_us() : 0;
	counters_ask(&q, 1, &a);
	if (timed && w->nus < SAMPLES)
		w->us[w->nus++] = (uint32_t)(clock_us() - began);
}

static bool
is_healthy(void)
{
	struct counters_state state;

	counters_state(&state);
	return state.healthy;
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct timespec cpu;
	size_t timed;
	bool good;
	int i;

	do {
		timed = w->nus;
		good = !w->server || is_healthy();
		for (i = 0; i < BATCH && good; i++)
			one(w, i % 8 == 0);
		if (!good)
			usleep(1000);
		else if (!w->server || is_healthy())
			w->done += BATCH;
		else
			w->nus = timed;
	} while (clock_us() < w->until);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
	w->cpu = (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9;
	return NULL;
}

static int
by_value(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* What is measured. */
struct figures {
	double per_second, per_cpu;
	uint32_t middle, high;	/* us of a question */
};

static struct figures
measure(uint64_t keys, double seconds, bool ask, bool server, int threads)
{
	struct worker w[THREADS_MAX];
	pthread_t thread[THREADS_MAX];
	struct figures f;
	uint64_t done = 0;
	double cpu = 0;
	int64_t began = clock_us();
	int i;

	for (i = 0; i < threads; i++) {
		w[i] = (struct worker){ .keys = keys, .seed = (uint64_t)i + 1,
			.until = began + (int64_t)(seconds * 1e6), .ask = ask,
			.server = server,
			.us = mem_array(SAMPLES, sizeof *w[i].us) };
		if (pthread_create(&thread[i], NULL, work, &w[i]) != 0)
			exit(1);
	}
	for (i = 0; i < threads; i++) {
		pthread_join(thread[i], NULL);
		done += w[i].done;
		cpu += w[i].cpu;
	}
	f.per_second = (double)done / ((double)(clock_us() - began) / 1e6);
	f.per_cpu = (double)done / cpu;
	qsort(w[0].us, w[0].nus, sizeof *w[0].us, by_value);
	f.middle = w[0].nus > 0 ? w[0].us[w[0].nus / 2] : 0;
	f.high = w[0].nus > 0 ? w[0].us[w[0].nus * 99 / 100] : 0;
	for (i = 0; i < threads; i++)
		free(w[i].us);
	return f;
}

/* Every key is there, so that no page is touched for the first time. */
static void
fill(uint64_t keys)
{
	char word[24];
	const char *words[] = { word };
	struct counter_question q = { .verb = COUNTER_FORCE,
		.window = 3600000, .limit = 1000000, .amount = 1 };
	struct counter_answer a;
	uint64_t i;

	for (i = 0; i < keys; i++) {
		write_word(word, i);
		q.key = counter_key("bench", words, 1);
		counters_ask(&q, 1, &a);
	}
}

static void
start(const char *spec, uint64_t keys)
{
	struct counters_options o = { .size = (long long)keys * 160 };
	struct buf errmsg = BUF_INIT;
	int i;

	if (spec != NULL) {
		o.servers.n = 1;
		o.servers.v[0].text = mem_dup(spec);
		if (strncmp(spec, "valkey:", 7) != 0 ||
		    !sock_spec_parse(spec + 7, &o.servers.v[0].spec, &errmsg)) {
			fprintf(stderr, "count: %s: no server\n", spec);
			exit(1);
		}
	}
	if (!counters_start(&o, &errmsg)) {
		fprintf(stderr, "count: %s\n", errmsg.data);
		exit(1);
	}
	for (i = 0; spec != NULL && i < 200 && !is_healthy(); i++)
		usleep(10000);
	buf_free(&errmsg);
	free(o.servers.v[0].text);
}

/* How long one lasts, by the clock and of this thread's processor. */
struct took {
	int64_t us, cpu_us;
};

static int64_t
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static struct took
ask_timed(uint64_t number)
{
	char word[24];
	const char *words[] = { word };
	struct counter_question q = { .verb = COUNTER_MEET,
		.window = 3600000 };
	struct counter_answer a;
	struct took took;

	write_word(word, number);
	q.key = counter_key("age", words, 1);
	took = (struct took){ .us = clock_us(), .cpu_us = cpu_us() };
	counters_ask(&q, 1, &a);
	return (struct took){ .us = clock_us() - took.us,
		.cpu_us = cpu_us() - took.cpu_us };
}

/* Nothing cleans up, so there should be no pause but those of the machine. */
static int
age(uint64_t keys)
{
	struct counters_state before, after;
	uint64_t i, slow = 0;
	struct took took, longest = { 0, 0 };
	int64_t began;

	start(NULL, keys);
	for (i = 0; i < keys; i++)
		ask_timed(i);
	counters_state(&before);
	counters_move_clock(2 * 3600000);
	began = clock_us();
	for (i = 0; i < keys; i++) {
		took = ask_timed(keys + i);
		slow += took.cpu_us > 5000;
		if (took.us > longest.us)
			longest.us = took.us;
		if (took.cpu_us > longest.cpu_us)
			longest.cpu_us = took.cpu_us;
	}
	began = clock_us() - began;
	counters_state(&after);
	printf("{\"keys\":%llu,\"kept\":%llu,\"evicted\":%llu,"
	    "\"bytes_per_key\":%.0f,\"per_second\":%.0f,\"longest_us\":%lld,"
	    "\"longest_cpu_us\":%lld,\"over_5ms\":%llu}\n",
	    (unsigned long long)keys, (unsigned long long)before.keys,
	    (unsigned long long)(after.evicted), (double)before.size * 104 /
	    (double)before.keys, (double)keys / ((double)began / 1e6),
	    (long long)longest.us, (long long)longest.cpu_us,
	    (unsigned long long)slow);
	counters_stop();
	return 0;
}

int
main(int argc, char **argv)
{
	uint64_t keys = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
	double seconds = argc > 2 ? atof(argv[2]) : 2;
	const char *spec = argc > 3 ? argv[3] : NULL;
	int threads = argc > 4 ? atoi(argv[4]) : 2;
	struct counters_state state;
	struct figures bare, f;

	if (argc > 2 && strcmp(argv[1], "age") == 0)
		return age(strtoull(argv[2], NULL, 10));
	if (threads < 1 || threads > THREADS_MAX)
		return 2;
	start(spec, keys);
	bare = measure(keys, seconds / 2, false, false, threads);
	if (spec == NULL)
		fill(keys);
	f = measure(keys, seconds, true, spec != NULL, threads);
	counters_state(&state);
	printf("{\"keys\":%llu,\"per_second\":%.0f,\"bare_loop\":%.0f,"
	    "\"per_cpu_second\":%.0f,\"bare_per_cpu_second\":%.0f,"
	    "\"p50_us\":%u,\"p99_us\":%u,\"failures\":%llu}\n",
	    (unsigned long long)keys, f.per_second, bare.per_second, f.per_cpu,
	    bare.per_cpu, f.middle, f.high,
	    (unsigned long long)state.failures);
	counters_stop();
	return 0;
}
