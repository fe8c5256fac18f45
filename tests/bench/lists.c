/*
 * lists - how fast a local list is loaded and asked
 *
 * usage: lists FILE KEYS [--reloads N]
 *
 * Loads FILE, then asks for each line of KEYS in turn, and prints one JSON
 * object: entries, load_ms, rss_kib and peak_kib (what the list added to this
 * process, afterwards and at most), lookup_ns, found. With --reloads the list
 * is loaded N times more while one thread asks on, and the slowest 1 of 100 and
 * the slowest of all questions of that time are printed as p99_ns and most_ns.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/net.h"
#include "lists/list.h"
#include "model/mailbox.h"

#define LOOKUPS ((size_t)2000000)
#define SAMPLES ((size_t)4000000)

/* A question, read beforehand as a session would have it. */
struct key {
	struct ip ip;
	struct mailbox mailbox;
	char *name;
};

static struct key *keys;
static size_t nkeys, cap;
static atomic_bool done;
static uint32_t *samples;
static size_t nsamples;

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static long
rss_kib(void)
{
	long pages = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f == NULL || fscanf(f, "%ld %ld", &pages, &resident) != 2)
		resident = 0;
	if (f != NULL)
		fclose(f);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* From now on; see proc(5) on clear_refs. */
static void
forget_peak(void)
{
	FILE *f = fopen("/proc/self/clear_refs", "w");

	if (f != NULL) {
		fputs("5", f);
		fclose(f);
	}
}

static long
peak_kib(void)
{
	char line[256];
	FILE *f = fopen("/proc/self/status", "r");
	long peak = 0;

	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "VmHWM: %ld", &peak) == 1)
			break;
	if (f != NULL)
		fclose(f);
	return peak;
}

static void
read_keys(const char *path)
{
	char line[1024];
	FILE *f = fopen(path, "r");

	if (f == NULL) {
		perror(path);
		exit(66);
	}
	while (fgets(line, sizeof line, f) != NULL) {
		struct key key = { .name = NULL };

		line[strcspn(line, "\n")] = '\0';
		if (!ip_parse(line, &key.ip)) {
			if (strchr(line, '@') != NULL)
				mailbox_set(&key.mailbox, line);
			else
				key.name = mem_dup(line);
		}
		keys = mem_room(keys, nkeys, &cap, sizeof *keys);
		keys[nkeys++] = key;
	}
	fclose(f);
}

static enum list_answer
ask(struct list *l, const struct key *key, struct list_hit *hit)
{
	buf_clear(&hit->entry);
	buf_clear(&hit->comment);
	if (key->ip.known)
		return list_find_ip(l, &key->ip, hit);
	if (key->name != NULL)
		return list_find_name(l, key->name, hit);
	return list_find_mailbox(l, &key->mailbox, hit);
}

static void
bench_lookups(struct list *l)
{
	struct list_hit hit = LIST_HIT_INIT;
	size_t i, found = 0, n = nkeys < LOOKUPS ? nkeys : LOOKUPS;
	int64_t began = now_ns();

	for (i = 0; i < n; i++)
		found += ask(l, &keys[i], &hit) == LIST_YES;
	printf(", \"lookup_ns\": %.0f, \"found\": %zu, \"asked\": %zu",
	    (double)(now_ns() - began) / (double)n, found, n);
	list_hit_free(&hit);
}

static void *
ask_on(void *arg)
{
	struct list_hit hit = LIST_HIT_INIT;
	const struct timespec pause = { .tv_nsec = 20000 };
	int64_t began;

	while (!done && nsamples < SAMPLES) {
		nanosleep(&pause, NULL);
		began = now_ns();
		ask(arg, &keys[nsamples % nkeys], &hit);
		samples[nsamples++] = (uint32_t)(now_ns() - began);
	}
	list_hit_free(&hit);
	return NULL;
}

static int
by_size(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static void
bench_reloads(struct list *l, const char *name, int n)
{
	struct diags d = DIAGS_INIT;
	pthread_t asker;

	samples = mem_array(SAMPLES, sizeof *samples);
	if (pthread_create(&asker, NULL, ask_on, l) != 0)
		exit(71);
	for (; n > 0; n--) {
		utime(name, NULL);
		list_close(list_open(name, NULL, &d));
	}
	done = true;
	pthread_join(asker, NULL);
	qsort(samples, nsamples, sizeof *samples, by_size);
	printf(", \"p99_ns\": %u, \"most_ns\": %u, \"samples\": %zu",
	    samples[nsamples * 99 / 100], samples[nsamples - 1], nsamples);
	free(samples);
	diags_free(&d);
}

static void
put_entries(void *arg, const struct list_state *state)
{
	(void)arg;
	printf("{\"entries\": %zu", state->counts.nets + state->counts.names +
	    state->counts.patterns);
}

int
main(int argc, char **argv)
{
	struct diags d = DIAGS_INIT;
	struct list *l;
	int64_t began;
	long before;

	if (argc != 3 && argc != 5)
		return 64;
	read_keys(argv[2]);
	forget_peak();
	before = rss_kib();
	began = now_ns();
	l = list_open(argv[1], NULL, &d);
	diags_print(&d, stderr);
	if (l == NULL)
		return 65;
	list_each(put_entries, NULL);
	printf(", \"load_ms\": %.0f, \"rss_kib\": %ld, \"peak_kib\": %ld",
	    (double)(now_ns() - began) / 1e6, rss_kib() - before,
	    peak_kib() - before);
	bench_lookups(l);
	if (argc == 5)
		bench_reloads(l, argv[1], atoi(argv[4]));
	puts("}");
	list_close(l);
	diags_free(&d);
	return 0;
}
