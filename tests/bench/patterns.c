/*
 * patterns - what content_body does with a text, beside the bare libraries
 *
 * patterns [MB]: a text like mail, 10, 100 and 1,000 patterns that are not in
 * it, first the whole of content_body (parts, windows, prefilter, PCRE2) and
 * then PCRE2 and Hyperscan alone; MB/s, and ours in relation to the faster one,
 * in CPU time. The last row is a pattern that never ends, which must cost its
 * limit.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bare.h"
#include "base/buf.h"
#include "base/diag.h"
#include "engine/engine.h"
#include "engine/ruleset.h"

#define PIECE 65535
#define ROUNDS 3

static const char *const words[] = { "the", "of", "delivery", "please", "and",
	"meeting", "invoice", "on", "regards", "you", "attached", "we", "have",
	"order", "price", "account", "today", "is", "in", "for", "team" };

/* Microseconds of this thread: others on the machine count less. */
static int64_t
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static unsigned long long seed = 1;

static unsigned
any(unsigned below)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)(seed >> 33) % below;
}

static char *
make_text(size_t n)
{
	char *text = malloc(n + 32);
	size_t at = 0, line = 0, length;
	const char *word;

	while (at < n) {
		word = words[any(sizeof words / sizeof words[0])];
		length = strlen(word);
		memcpy(text + at, word, length);
		at += length;
		line += length + 1;
		if (line > 68) {
			memcpy(text + at, "\r\n", 2);
			at += 2;
			line = 0;
		} else {
			text[at++] = ' ';
		}
	}
	return text;
}

/* A word of the text, and one behind it that is not there: what an admin may
   write, and what makes the libraries work. */
static char *
make_pattern(size_t i)
{
	struct buf b = BUF_INIT;
	unsigned k, n = 4 + any(5);

	buf_printf(&b, "%s%s\\s+", i % 3 == 0 ? "\\b" : "",
	    words[any(sizeof words / sizeof words[0])]);
	for (k = 0; k < n; k++)
		buf_putc(&b, (char)('a' + any(26)));
	buf_puts(&b, i % 4 == 0 ? "\\s+(pills|offer)" : i % 5 == 0 ?
	    "[a-z]{2,5}x" : "");
	return buf_steal(&b);
}

static struct ruleset *
load(char **patterns, size_t n)
{
	struct diags d = DIAGS_INIT;
	struct buf text = BUF_INIT;
	struct ruleset *r;
	size_t i;

	buf_puts(&text, "mode = enforce content { body \"p\" { pattern = {");
	for (i = 0; i < n; i++)
		buf_printf(&text, "%s'/%s/i'", i > 0 ? "," : "", patterns[i]);
	buf_puts(&text, "} } }");
	r = ruleset_load_text("bench", text.data, &d);
	if (r == NULL)
		diags_print(&d, stderr);
	diags_free(&d);
	buf_free(&text);
	return r;
}

/* Each message has 1 MB. */
static double
ours(struct ruleset *r, const char *text, size_t n)
{
	struct engine *e = engine_new(r, NULL);
	struct reply reply = { .code = 0 };
	int64_t began = cpu_us();
	size_t at, use;
	struct ip ip;

	ip_parse("192.0.2.7", &ip);
	session_connect(engine_session(e), NULL, &ip);
	for (at = 0; at < n; at += use) {
		if (at % (PIECE * 16) == 0) {
			engine_reset(e);
			session_mail(engine_session(e), "a@example.com");
			session_header(engine_session(e), "Subject", "x");
		}
		use = n - at < PIECE ? n - at : PIECE;
		engine_body(e, text + at, use);
		if ((at + use) % (PIECE * 16) == 0 || at + use == n)
			engine_step(e, STAGE_MESSAGE, &reply);
	}
	reply_clear(&reply);
	engine_free(e);
	return (double)n / (double)(cpu_us() - began);
}

static double
theirs(const struct bare *bare, char **patterns, size_t n, const char *text,
    size_t length)
{
	void *b = bare->open(patterns, n);
	size_t at, use, hits = 0;
	int64_t began;

	if (b == NULL)
		return 0;
	began = cpu_us();
	for (at = 0; at < length; at += use) {
		use = length - at < PIECE ? length - at : PIECE;
		hits += bare->scan(b, text + at, use);
	}
	began = cpu_us() - began;
	bare->close(b);
	if (hits > 0)
		printf("(%zu hits)\n", hits);
	return (double)length / (double)began;
}

/* The best of some, in turn: what is measured is the code. */
static void
row(size_t n, const char *text, size_t length)
{
	char **patterns = calloc(n, sizeof *patterns);
	double best[3] = { 0 }, got[3], bare;
	struct ruleset *r;
	size_t i, j;

	for (i = 0; i < n; i++)
		patterns[i] = make_pattern(i);
	r = load(patterns, n);
	for (i = 0; i < ROUNDS; i++) {
		got[0] = ours(r, text, length);
		/* One by one a thousand would take minutes. */
		got[1] = theirs(&bare_pcre2, patterns, n, text,
		    n > 10 ? length * 10 / n : length);
		got[2] = theirs(&bare_hyperscan, patterns, n, text, length);
		for (j = 0; j < 3; j++)
			best[j] = got[j] > best[j] ? got[j] : best[j];
	}
	bare = best[2] > best[1] ? best[2] : best[1];
	printf("%8zu %10.0f %10.0f %10.0f %8.2f\n", n, best[0], best[1],
	    best[2], best[0] / bare);
	ruleset_release(r);
	for (i = 0; i < n; i++)
		free(patterns[i]);
	free(patterns);
}

static void
evil(size_t length)
{
	static char pattern[] = "(a*a*a*a*)+[bc]$";
	char *patterns[] = { pattern }, *text = malloc(length);
	struct ruleset *r = load(patterns, 1);

	memset(text, 'a', length);
	printf("%s in %zu MB: %.1f ms\n", pattern, length >> 20,
	    (double)length / 1000 / ours(r, text, length));
	ruleset_release(r);
	free(text);
}

int
main(int argc, char **argv)
{
	size_t length = (size_t)(argc > 1 ? atoi(argv[1]) : 100) << 20;
	char *text = make_text(length);

	printf("%8s %10s %10s %10s %8s\n", "patterns", "saywhy", "PCRE2",
	    "Hyperscan", "of best");
	row(10, text, length);
	row(100, text, length);
	row(1000, text, length);
	evil((size_t)1 << 20);
	free(text);
	return 0;
}
