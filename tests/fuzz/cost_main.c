/*
 * cost_main - what the dearest messages cost at full size, with the budget as
 * shipped
 *
 * usage: cost FILE...
 *
 * Each file is an input of fuzz_cost.c; what is repeated in it becomes
 * 50 MB. Fails when one costs more than two seconds of CPU.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_cost.h"

#define BODY 50000000
#define MAX_MS 2000

static struct cost_scale full = { .body = BODY, .header = BODY, .budget = "" };

static uint8_t bytes[1 << 20];

static long long
play(const char *path)
{
	const char *name = strrchr(path, '/');
	struct cost cost;
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL) {
		perror(path);
		exit(1);
	}
	n = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	cost_of(&full, bytes, n, &cost);
	printf("%-24s %6lld ms  %9zu bytes  %d\n", name != NULL ? name + 1 :
	    path, cost.us / 1000, cost.bytes, cost.code);
	fflush(stdout);
	return cost.us / 1000;
}

int
main(int argc, char **argv)
{
	long long ms, max = 0;
	int i;

	for (i = 1; i < argc; i++) {
		ms = play(argv[i]);
		max = ms > max ? ms : max;
	}
	printf("%-24s %6lld ms of %d\n", "max", max, MAX_MS);
	return max > MAX_MS;
}
