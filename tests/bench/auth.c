/*
 * auth - what DNS, SPF, DKIM and DMARC cost, and DNS under load
 *
 * A DNS server of the test's own answers after 20 ms; 64 threads ask 20 names
 * each that nobody asked before. Then everything is asked again, warm. Then
 * signed messages are verified, beside the bare arithmetic, and one of 20 KB is
 * judged, each part by itself.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "auth/dkim.h"
#include "auth/dmarc.h"
#include "auth/spf.h"
#include "auth_key.h"
#include "auth_message.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "dns/dns.h"
#include "dns/dns_options.h"
#include "dns_liar.h"

#define THREADS 64
#define AT_ONCE 20
#define ROUNDS 30
#define DELAY_MS 20
#define WARM_THREADS 2
#define WARM_LOOKUPS 1000000
#define MESSAGES 500
#define BODY 20000
#define RUNS 15

static int64_t took[THREADS][ROUNDS];

static void *
ask_cold(void *arg)
{
	int64_t *mine = arg;
	size_t me = (size_t)(mine - took[0]) / ROUNDS;
	struct dns_question q[AT_ONCE];
	char names[AT_ONCE][64];
	size_t i, round;

	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < AT_ONCE; i++) {
			snprintf(names[i], sizeof names[i],
			    "cold%zu-%zu-%zu.test", me, round, i);
			q[i] = (struct dns_question){ .type = DNS_A,
				.name = names[i] };
		}
		mine[round] = clock_us();
		dns_ask(q, AT_ONCE, clock_ms() + 5000);
		mine[round] = clock_us() - mine[round];
		dns_forget(q, AT_ONCE);
	}
	return NULL;
}

static int
compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
bench_cold(void)
{
	pthread_t threads[THREADS];
	int64_t began = clock_us(), *all = took[0];
	double seconds;
	size_t i;

	for (i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, ask_cold, took[i]);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	seconds = (double)(clock_us() - began) / 1e6;
	qsort(all, THREADS * ROUNDS, sizeof *all, compare);
	printf("dns cold       %9.0f lookups/s, %d threads x %d at %d ms: "
	    "p50 %.1f ms, p99 %.1f ms, %llu failed\n",
	    THREADS * ROUNDS * AT_ONCE / seconds, THREADS, AT_ONCE, DELAY_MS,
	    (double)all[THREADS * ROUNDS / 2] / 1e3,
	    (double)all[THREADS * ROUNDS * 99 / 100] / 1e3,
	    (unsigned long long)dns_counts().failure);
}

static void *
ask_warm(void *arg)
{
	char name[64];
	int i;

	for (i = 0; i < WARM_LOOKUPS; i++) {
		snprintf(name, sizeof name, "cold%d-%d-%d.test", i % THREADS,
		    i % ROUNDS, i % AT_ONCE);
		dns_drop(dns_lookup(DNS_A, name, clock_ms() + 1000));
	}
	return arg;
}

static void
bench_warm(void)
{
	pthread_t threads[WARM_THREADS];
	int64_t began = clock_us();
	size_t i;

	for (i = 0; i < WARM_THREADS; i++)
		pthread_create(&threads[i], NULL, ask_warm, NULL);
	for (i = 0; i < WARM_THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("dns warm       %9.0f lookups/s, %d threads\n",
	    WARM_THREADS * WARM_LOOKUPS /
	    ((double)(clock_us() - began) / 1e6), WARM_THREADS);
}

/* Microseconds of processor time of this thread. */
static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
ask_spf(struct spf *spf)
{
	struct spf_query q = { .helo = "mail.example.com", .local = "ann",
		.domain = "example.com", .receiver = "mx.example.org",
		.deadline = clock_ms() + 1000 };

	ip_parse("192.0.2.9", &q.client);
	spf_check(&q, spf);
	if (spf->result != SPF_PASS)
		BUG("SPF does not pass");
}

static void
ask_dmarc(const struct spf *spf, const struct dkim_result *dkim)
{
	struct dmarc d;

	dmarc_check("example.com", spf, dkim, clock_ms() + 1000, &d);
	if (d.result != DMARC_RESULT_PASS)
		BUG("DMARC does not pass");
	dmarc_clear(&d);
}

/* sender_domain, helo_resolves, client_rdns: what they ask. */
static void
ask_names(void)
{
	static const struct {
		enum dns_type type;
		const char *name;
	} requested[] = { { DNS_MX, "example.com" }, { DNS_A, "example.com" },
		{ DNS_AAAA, "example.com" }, { DNS_A, "mail.example.com" },
		{ DNS_AAAA, "mail.example.com" },
		{ DNS_PTR, "9.2.0.192.in-addr.arpa" } };
	struct dns_question q[6];
	size_t i;

	for (i = 0; i < 6; i++)
		q[i] = (struct dns_question){ .type = requested[i].type,
			.name = requested[i].name };
	dns_ask(q, 6, clock_ms() + 1000);
	dns_forget(q, 6);
}

static void
row(const char *what, double us)
{
	printf("%-14s %9.1f us\n", what, us / MESSAGES);
}

/* One run: microseconds for a message. Engine -1: the bare arithmetic. */
static double
verify(int engine, int messages)
{
	double began = cpu_us();
	int i;

	for (i = 0; i < messages; i++)
		if (engine < 0)
			auth_message_bare();
		else
			dkim_check_free(auth_message_verify(
			    (enum dkim_engine)engine));
	return (cpu_us() - began) / messages;
}

/*
 * All in turn, so that each has quiet moments; of several runs the fastest: the
 * others were disturbed.
 */
static void
verify_in_turn(int messages, double least[3])
{
	static const int engines[] = { -1, DKIM_ENGINE_SAYWHY,
		DKIM_ENGINE_OPENDKIM };
	double took;
	int i, run;

	for (run = 0; run < RUNS; run++)
		for (i = 0; i < 3; i++) {
			if (engines[i] == DKIM_ENGINE_OPENDKIM &&
			    !dkim_engine_there(DKIM_ENGINE_OPENDKIM))
				continue;
			took = verify(engines[i], messages);
			if (run == 0 || took < least[i])
				least[i] = took;
		}
}

static void
bench_dkim(void)
{
	static const size_t bodies[] = { 2000, BODY, 1 << 20 };
	double least[3];
	size_t i;

	for (i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		auth_message_make(bodies[i]);
		verify_in_turn(bodies[i] > 100000 ? 20 : 200, least);
		printf("dkim %7zu B %9.1f us, %.2f times the bare hash and "
		    "RSA (%.1f us)", bodies[i], least[1], least[1] / least[0],
		    least[0]);
		if (dkim_engine_there(DKIM_ENGINE_OPENDKIM))
			printf("; libopendkim %.1f us", least[2]);
		printf("\n");
	}
}

static void
bench_message(void)
{
	struct dkim_check *c;
	struct spf spf;
	double began;
	int i;

	auth_message_make(BODY);
	c = auth_message_verify(DKIM_ENGINE_SAYWHY);
	began = cpu_us();
	for (i = 0; i < MESSAGES; i++) {
		ask_spf(&spf);
		if (i < MESSAGES - 1)
			spf_clear(&spf);
	}
	row("spf", cpu_us() - began);
	began = cpu_us();
	for (i = 0; i < MESSAGES; i++)
		ask_dmarc(&spf, dkim_check_end(c));
	row("dmarc", cpu_us() - began);
	began = cpu_us();
	for (i = 0; i < MESSAGES; i++)
		ask_names();
	row("names", cpu_us() - began);
	spf_clear(&spf);
	dkim_check_free(c);
	auth_message_free();
}

int
main(void)
{
	static const char *const lines[] = {
		"s._domainkey.example.com TXT " AUTH_RECORD,
		"example.com TXT v=spf1 include:_spf.example.com mx -all",
		"_spf.example.com TXT v=spf1 ip4:192.0.2.0/24 ~all",
		"example.com MX 10 mail.example.com",
		"mail.example.com A 192.0.2.9",
		"9.2.0.192.in-addr.arpa PTR mail.example.com",
		"_dmarc.example.com TXT v=DMARC1; p=reject" };
	struct dns_options opt = { .cache = 256 << 20 };
	struct liar *liar = liar_start("127.0.0.1", 0);
	struct buf servers = BUF_INIT, errmsg = BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof lines / sizeof lines[0]; i++)
		liar_tell(liar, lines[i]);
	liar_delay(liar, DELAY_MS);
	buf_printf(&servers, "127.0.0.1:%d", liar_port(liar));
	opt.servers = servers.data;
	if (!dns_start(&opt, &errmsg))
		BUG("DNS does not begin");
	bench_cold();
	bench_warm();
	bench_dkim();
	bench_message();
	dns_stop();
	liar_stop(liar);
	buf_free(&servers);
	return 0;
}
