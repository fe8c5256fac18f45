/*
 * auth - what DNS, SPF, DKIM and DMARC cost, and DNS under load
 *
 * A DNS server of the test's own answers after 20 ms; 64 threads ask 20 names
 * each that nobody asked before. Then everything is asked again, warm. Then one
 * signed message of 20 KB is judged, each part by itself and all together,
 * beside what libopendkim alone takes to verify it.
 */

#include <sys/types.h>

#include <opendkim/dkim.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "auth/dkim.h"
#include "auth/dmarc.h"
#include "auth/spf.h"
#include "auth_key.h"
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
	    "p50 %.1f ms, p99 %.1f ms, %llu in trouble\n",
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

static const char *const fields[][2] = {
	{ "From", " Ann <ann@example.com>" }, { "To", " bob@example.org" },
	{ "Subject", " A message of usual size" },
	{ "Date", " Tue, 24 Nov 2026 10:00:00 +0000" },
	{ "Message-ID", " <1@example.com>" },
	{ "MIME-Version", " 1.0" }, { "Content-Type", " text/plain" },
};

#define NFIELDS (sizeof fields / sizeof fields[0])

static char body[BODY + 1];
static char signature[4096];	/* value of DKIM-Signature */

static void
make_body(void)
{
	size_t i;

	for (i = 0; i < BODY; i++)
		body[i] = i % 72 == 70 ? '\r' : i % 72 == 71 ? '\n' :
		    (char)('a' + i % 26);
	memcpy(body + BODY - 2, "\r\n", 2);
}

static void
feed_fields(DKIM *dkim)
{
	char field[256];
	size_t i;

	for (i = 0; i < NFIELDS; i++) {
		snprintf(field, sizeof field, "%s:%s", fields[i][0],
		    fields[i][1]);
		dkim_header(dkim, (u_char *)field, strlen(field));
	}
}

static void
sign(DKIM_LIB *lib)
{
	static char secret[] = AUTH_KEY;
	DKIM_STAT status;
	_Bool test;
	DKIM *dkim = dkim_sign(lib, (const u_char *)"bench", NULL,
	    (u_char *)secret, (const u_char *)"s",
	    (const u_char *)"example.com", DKIM_CANON_RELAXED,
	    DKIM_CANON_RELAXED, DKIM_SIGN_RSASHA256, -1, &status);

	if (dkim == NULL)
		BUG("libopendkim does not sign");
	feed_fields(dkim);
	dkim_eoh(dkim);
	dkim_body(dkim, (u_char *)body, BODY);
	dkim_eom(dkim, &test);
	signature[0] = ' ';
	if (dkim_getsighdr(dkim, (u_char *)signature + 1,
	    sizeof signature - 1, 16) != DKIM_STAT_OK)
		BUG("libopendkim does not tell its signature");
	dkim_free(dkim);
}

static DKIM_CBSTAT
key(DKIM *dkim, DKIM_SIGINFO *sig, u_char *bytes, size_t size)
{
	(void)dkim;
	(void)sig;
	snprintf((char *)bytes, size, "%s", AUTH_RECORD);
	return DKIM_CBSTAT_CONTINUE;
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
verify_alone(DKIM_LIB *lib)
{
	char field[sizeof signature + 20];
	DKIM_STAT status;
	_Bool test;
	DKIM *dkim = dkim_verify(lib, (const u_char *)"bench", NULL, &status);

	snprintf(field, sizeof field, "DKIM-Signature:%s", signature);
	dkim_header(dkim, (u_char *)field, strlen(field));
	feed_fields(dkim);
	dkim_eoh(dkim);
	dkim_body(dkim, (u_char *)body, BODY);
	if (dkim_eom(dkim, &test) != DKIM_STAT_OK)
		BUG("libopendkim does not know its own signature");
	dkim_free(dkim);
}

static struct dkim_check *
verify_ours(void)
{
	struct dkim_check *c = dkim_check_new();
	const struct dkim_result *r;
	size_t i;

	dkim_check_header(c, "DKIM-Signature", signature);
	for (i = 0; i < NFIELDS; i++)
		dkim_check_header(c, fields[i][0], fields[i][1]);
	dkim_check_end_of_header(c, clock_ms() + 1000);
	dkim_check_body(c, body, BODY);
	r = dkim_check_end(c);
	if (r->n != 1 || r->v[0].verdict != DKIM_VERDICT_PASS)
		BUG("a good signature does not pass");
	return c;
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
	} asked[] = { { DNS_MX, "example.com" }, { DNS_A, "example.com" },
		{ DNS_AAAA, "example.com" }, { DNS_A, "mail.example.com" },
		{ DNS_AAAA, "mail.example.com" },
		{ DNS_PTR, "9.2.0.192.in-addr.arpa" } };
	struct dns_question q[6];
	size_t i;

	for (i = 0; i < 6; i++)
		q[i] = (struct dns_question){ .type = asked[i].type,
			.name = asked[i].name };
	dns_ask(q, 6, clock_ms() + 1000);
	dns_forget(q, 6);
}

static double total;

static void
row(const char *what, double us, bool part)
{
	printf("%-14s %9.1f us\n", what, us / MESSAGES);
	if (part)
		total += us / MESSAGES;
}

static void
bench_message(void)
{
	DKIM_LIB *lib = dkim_init(NULL, NULL);
	struct dkim_check *c = NULL;
	double began, alone;
	struct spf spf;
	int i;

	make_body();
	sign(lib);
	dkim_set_key_lookup(lib, key);
	began = cpu_us();
	for (i = 0; i < MESSAGES; i++)
		verify_alone(lib);
	alone = cpu_us() - began;
	row("libopendkim", alone, false);
	began = cpu_us();
	for (i = 0; i < MESSAGES; i++) {
		dkim_check_free(c);
		c = verify_ours();
	}
	row("dkim", cpu_us() - began, true);
	began = cpu_us();
	for (i = 0; i < MESSAGES; i++) {
		ask_spf(&spf);
		if (i < MESSAGES - 1)
			spf_clear(&spf);
	}
	row("spf", cpu_us() - began, true);
	began = cpu_us();
	for (i = 0; i < MESSAGES; i++)
		ask_dmarc(&spf, dkim_check_end(c));
	row("dmarc", cpu_us() - began, true);
	began = cpu_us();
	for (i = 0; i < MESSAGES; i++)
		ask_names();
	row("names", cpu_us() - began, true);
	printf("all of auth    %9.1f us, %.2f times libopendkim alone\n",
	    total, total / (alone / MESSAGES));
	spf_clear(&spf);
	dkim_check_free(c);
	dkim_close(lib);
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
	bench_message();
	dns_stop();
	liar_stop(liar);
	buf_free(&servers);
	return 0;
}
