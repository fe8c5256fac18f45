/* load - drives a filter as many MTAs would, and tells what it measured */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "load_options.h"

#define TICK_MS 1000
#define CALM_US 100000	/* for the filter to end its last sessions */
#define EVENTS 256

/* Each session that waits to be played may cost a descriptor. */
static void
raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static double
own_cpu(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	    (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

/* When all that can be open are: looks, waits, lets them go. */
static void
hold_all(struct load *l, const struct run *r, struct session *v)
{
	if (l->waiting == 0 || l->waiting < l->busy ||
	    (l->left > 0 && l->busy < r->sessions))
		return;
	usleep((useconds_t)(r->hold * 1e6));
	l->stats->waiting_sessions = l->waiting;
	l->stats->waiting = process_sample(r->pid);
	l->released = true;
	for (size_t i = 0; i < r->sessions; i++)
		session_release(l, &v[i]);
}

static void
tick_all(struct load *l, const struct run *r, struct session *v)
{
	int64_t now = clock_us();

	for (size_t i = 0; i < r->sessions; i++)
		session_tick(l, &v[i], now);
}

static void
open_idle(struct load *l, const struct run *r, struct session *v)
{
	for (size_t i = 0; i < r->sessions && l->busy < r->sessions &&
	    l->left > 0; i++)
		if (v[i].state == SESSION_IDLE)
			session_open(l, &v[i]);
}

static void
play(struct load *l, const struct run *r, struct session *v)
{
	struct epoll_event events[EVENTS];
	int every = r->session.slow_bytes > 0 ? r->slow_ms : TICK_MS, n;
	int64_t end = clock_us() + (int64_t)(r->seconds * 1e6);
	int64_t tick = clock_ms() + every;

	while (l->busy > 0 || l->left > 0) {
		open_idle(l, r, v);
		n = epoll_wait(l->epoll, events, EVENTS,
		    l->busy == 0 ? 0 : clock_left(tick));
		for (int i = 0; i < n; i++)
			session_event(l, events[i].data.ptr,
			    events[i].events);
		hold_all(l, r, v);
		if (clock_left(tick) == 0) {
			tick_all(l, r, v);
			tick = clock_ms() + every;
		}
		if (r->seconds > 0 && clock_us() >= end)
			l->left = 0;
	}
}

static void
measure(struct load *l, const struct run *r)
{
	struct session *v = mem_array(r->sessions, sizeof *v);
	int64_t began;

	for (size_t i = 0; i < r->sessions; i++) {
		v[i].number = i;
		v[i].in = v[i].out = (struct buf)BUF_INIT;
	}
	l->stats->before = process_sample(r->pid);
	l->stats->own_cpu = -own_cpu();
	began = clock_us();
	play(l, r, v);
	l->stats->seconds = (double)(clock_us() - began) / 1e6;
	l->stats->own_cpu += own_cpu();
	usleep(CALM_US);
	l->stats->after = process_sample(r->pid);
	for (size_t i = 0; i < r->sessions; i++)
		session_clear(&v[i]);
	free(v);
}

/* 0: every message was played to its end. */
static int
verdict(const struct stats *s)
{
	for (int i = 0; i < ERRORS; i++)
		if (s->errors[i] > 0)
			return EXIT_FAILURE;
	return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	static struct stats stats;
	struct run r;
	struct load l = { .o = &r.session, .stats = &stats };
	struct mail *mail;

	options_read(&r, argc, argv);
	raise_descriptors();
	srandom(r.seed);
	mail = mail_new(&r.mail);
	if (mail == NULL) {
		fprintf(stderr, "bench-load: %s: %s\n", r.mail.file,
		    strerror(errno));
		return EX_NOINPUT;
	}
	l.mail = mail;
	l.left = r.messages;
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	measure(&l, &r);
	(r.json ? stats_json : stats_print)(&stats, stdout);
	close(l.epoll);
	stats_clear(&stats);
	mail_free(mail);
	return verdict(&stats);
}
