/*
 * recognise - how many replies a second are recognised, on one core
 *
 * Goes through the replies of tests/data for a second and prints JSON.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "words/recognise.h"

struct replies {
	char **text;
	size_t n, cap;
};

static void
read_list(struct replies *r, const char *path)
{
	char line[4096];
	FILE *f = fopen(path, "r");

	if (f == NULL) {
		perror(path);
		exit(1);
	}
	while (fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\t\n")] = '\0';
		r->text = mem_room(r->text, r->n, &r->cap, sizeof *r->text);
		r->text[r->n++] = mem_dup(line);
	}
	fclose(f);
}

static double
cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
main(void)
{
	struct replies r = { .text = NULL };
	struct recognised got;
	double from, took;
	size_t i, done = 0, bytes = 0;

	read_list(&r, TEST_SOURCE "/tests/data/replies.tsv");
	recognise("", 0, &got);
	from = cpu_seconds();
	do {
		for (i = 0; i < r.n; i++) {
			size_t n = strlen(r.text[i]);

			recognise(r.text[i], n, &got);
			bytes += n;
		}
		done += r.n;
		took = cpu_seconds() - from;
	} while (took < 1);
	printf("{\"per_second\": %.0f, \"bytes\": %.0f}\n",
	    (double)done / took, (double)bytes / (double)done);
	for (i = 0; i < r.n; i++)
		free(r.text[i]);
	free(r.text);
	return 0;
}
