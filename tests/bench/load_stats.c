/* load_stats - what a run of the load driver measured */

#include "load_stats.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

#define BITS 4	/* of a value are kept: 16 bins for each power of two */

static size_t
bin_of(uint64_t value)
{
	int exponent;

	if (value < 1 << BITS)
		return (size_t)value;
	exponent = 63 - __builtin_clzll(value);
	return ((size_t)(exponent - BITS + 1) << BITS) +
	    (size_t)(value >> (exponent - BITS) & ((1 << BITS) - 1));
}

static uint64_t
bin_end(size_t bin)
{
	size_t exponent = bin >> BITS;
	uint64_t low = bin & ((1 << BITS) - 1);

	if (exponent == 0)
		return low;
	return ((low + (1 << BITS) + 1) << (exponent - 1)) - 1;
}

void
histogram_add(struct histogram *h, int64_t value)
{
	uint64_t v = value < 0 ? 0 : (uint64_t)value;

	h->bins[bin_of(v)]++;
	h->n++;
	if (v > h->max)
		h->max = v;
}

uint64_t
histogram_at(const struct histogram *h, double share)
{
	uint64_t wanted = (uint64_t)(share * (double)h->n + 0.5), sum = 0;
	size_t bins = sizeof h->bins / sizeof *h->bins;

	for (size_t i = 0; i < bins; i++) {
		sum += h->bins[i];
		if (sum >= wanted && sum > 0)
			return bin_end(i) < h->max ? bin_end(i) : h->max;
	}
	return h->max;
}

/* Fields 14 and 15 of stat; its second, the name, may hold anything. */
static double
process_cpu(pid_t pid)
{
	char path[64], text[1024];
	unsigned long user = 0, system = 0;
	char *after;
	FILE *in;
	size_t n;

	snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
	in = fopen(path, "r");
	if (in == NULL)
		return 0;
	n = fread(text, 1, sizeof text - 1, in);
	fclose(in);
	text[n] = '\0';
	after = strrchr(text, ')');
	if (after == NULL || sscanf(after + 1, " %*c %*d %*d %*d %*d %*d %*u "
	    "%*u %*u %*u %*u %lu %lu", &user, &system) != 2)
		return 0;
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

struct process
process_sample(pid_t pid)
{
	struct process p = { .cpu = 0 };
	char path[64], line[256];
	FILE *in;

	if (pid == 0)
		return p;
	p.cpu = process_cpu(pid);
	snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
	in = fopen(path, "r");
	while (in != NULL && fgets(line, sizeof line, in) != NULL) {
		sscanf(line, "VmRSS: %ld", &p.rss);
		sscanf(line, "VmHWM: %ld", &p.peak);
		sscanf(line, "Threads: %ld", &p.threads);
	}
	if (in != NULL)
		fclose(in);
	return p;
}

/* "550 5.7.1 text" or "550-5.7.1 text"; without a status just the code. */
static void
count_code(struct stats *s, const char *text, size_t len)
{
	char code[16] = "";
	size_t n = sizeof s->codes / sizeof *s->codes, status;

	if (len < 4 || memchr(text, '\0', len) == NULL)
		return;
	snprintf(code, sizeof code, "%.3s", text);
	status = strspn(text + 4, "0123456789.");
	if (status >= 5)
		snprintf(code + 3, sizeof code - 3, " %.*s", (int)status,
		    text + 4);
	for (size_t i = 0; i < n; i++) {
		if (s->codes[i].n == 0)
			memcpy(s->codes[i].code, code, sizeof code);
		if (strcmp(s->codes[i].code, code) == 0) {
			s->codes[i].n++;
			return;
		}
	}
}

void
stats_answer(struct stats *s, enum step step, char letter, const char *data,
    size_t len)
{
	s->answers[step][(unsigned char)letter]++;
	if (letter == 'y')
		count_code(s, data, len);
}

void
stats_negotiated(struct stats *s, const struct negotiated *n)
{
	s->actions = n->actions;
	s->flags = n->flags;
	for (int i = 0; i < PROTO_MACRO_LISTS; i++)
		mem_replace(&s->macros[i], n->macros[i]);
}

void
stats_clear(struct stats *s)
{
	for (int i = 0; i < PROTO_MACRO_LISTS; i++)
		mem_replace(&s->macros[i], NULL);
}
