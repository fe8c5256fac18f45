/*
 * recognise - how many replies a second are recognised, on one core
 *
 * Goes round the replies of tests/data for a second: of most of them the shape
 * has come before, as in a log. Then for another second through ALTERED others,
 * each with one word in it that stood in another; before each round what was
 * kept of the one before is forgotten, so that all are new. Not two of all
 * these are the same. They lie one behind the other, as the lines of a log do.
 * Prints JSON, with what reading the tables takes.
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "words/recognise.h"
#include "words/recognise_kept.h"

#define ALTERED 100000

struct replies {
	char **text;
	size_t n, cap;
};

static void
add(struct replies *r, const char *text)
{
	r->text = mem_room(r->text, r->n, &r->cap, sizeof *r->text);
	r->text[r->n++] = mem_dup(text);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Each reply once. */
static void
make_different(struct replies *r)
{
	size_t i, n = 0;

	qsort(r->text, r->n, sizeof *r->text, by_text);
	for (i = 0; i < r->n; i++)
		if (n > 0 && strcmp(r->text[n - 1], r->text[i]) == 0)
			free(r->text[i]);
		else
			r->text[n++] = r->text[i];
	r->n = n;
}

/* Into an order that says nothing. */
static void
shuffle(struct replies *r, unsigned *seed)
{
	size_t i, j;
	char *kept;

	for (i = r->n; i > 1; i--) {
		*seed = *seed * 1664525u + 1013904223u;
		j = (*seed >> 8) % i;
		kept = r->text[i - 1];
		r->text[i - 1] = r->text[j];
		r->text[j] = kept;
	}
}

static void
read_list(struct replies *r, const char *path)
{
	char line[4096];
	FILE *f = fopen(path, "r");

	if (f == NULL || fgets(line, sizeof line, f) == NULL) {
		perror(path);
		exit(1);
	}
	while (fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\t\n")] = '\0';
		add(r, line);
	}
	fclose(f);
}

/* A word of the text, by chance: where it begins, and its length. */
static size_t
some_word(const char *text, unsigned *seed, size_t *from)
{
	size_t n = strlen(text);

	*seed = *seed * 1664525u + 1013904223u;
	*from = n > 0 ? (*seed >> 8) % n : 0;
	while (*from > 0 && text[*from - 1] != ' ')
		--*from;
	return strcspn(text + *from, " ");
}

static void
alter(struct replies *to, const struct replies *from, unsigned *seed)
{
	struct buf text = BUF_INIT;
	const char *one, *other;
	size_t at, n, with, nwith;

	one = from->text[to->n % from->n];
	other = from->text[(to->n * 7919 + to->n / from->n) % from->n];
	n = some_word(one, seed, &at);
	nwith = some_word(other, seed, &with);
	buf_put(&text, one, at);
	buf_put(&text, other + with, nwith);
	buf_puts(&text, one + at + n);
	add(to, text.data);
	buf_free(&text);
}

static double
cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* How many a second, and how long they are. `new`: none comes again. */
static double
measure(const struct replies *r, bool new, double *bytes)
{
	struct buf lines = BUF_INIT;
	size_t i, done = 0, all = 0;
	struct recognised got;
	const char *at, *end;
	double from, took;

	for (i = 0; i < r->n; i++)
		buf_printf(&lines, "%s\n", r->text[i]);
	from = cpu_seconds();
	do {
		if (new)
			recognise_kept_fill();
		for (at = lines.data; at < lines.data + lines.len;
		    at = end + 1) {
			end = strchr(at, '\n');
			recognise(at, (size_t)(end - at), &got);
			all += (size_t)(end - at);
		}
		done += r->n;
		took = cpu_seconds() - from;
	} while (took < 1);
	buf_free(&lines);
	*bytes = (double)all / (double)done;
	return (double)done / took;
}

static void
forget(struct replies *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		free(r->text[i]);
	free(r->text);
}

int
main(void)
{
	struct replies r = { .text = NULL }, altered = { .text = NULL };
	double load, per_second, per_second_new, bytes, bytes_new;
	struct recognised got;
	unsigned seed = 1;

	load = cpu_seconds();
	recognise("", 0, &got);
	load = cpu_seconds() - load;
	read_list(&r, TEST_SOURCE "/tests/data/replies.tsv");
	read_list(&r, TEST_SOURCE "/tests/data/unheard.tsv");
	read_list(&r, TEST_SOURCE "/tests/data/registered.tsv");
	make_different(&r);
	shuffle(&r, &seed);
	while (altered.n < ALTERED)
		alter(&altered, &r, &seed);
	make_different(&altered);
	shuffle(&altered, &seed);
	per_second = measure(&r, false, &bytes);
	per_second_new = measure(&altered, true, &bytes_new);
	printf("{\"per_second\": %.0f, \"different\": %zu, \"bytes\": %.0f, "
	    "\"new_per_second\": %.0f, \"new_different\": %zu, "
	    "\"new_bytes\": %.0f, \"load_ms\": %.2f}\n", per_second, r.n,
	    bytes, per_second_new, altered.n, bytes_new, load * 1e3);
	forget(&r);
	forget(&altered);
	return 0;
}
