/*
 * fuzz_cost.h - what a message costs that is told in a few bytes
 */
#ifndef FUZZ_COST_H
#define FUZZ_COST_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of a body and of a header in which something is repeated, and the
   budget, as options of section content. Set before the first call. */
extern size_t cost_body, cost_header;
extern const char *cost_budget;

struct cost {
	long long us;		/* CPU of all its steps */
	size_t bytes;		/* of its body */
	int code;		/* of the reply; 0: it passes */
};

/* n bytes in the form that fuzz_cost.c tells of. One thread. */
void cost_of(const uint8_t *data, size_t n, struct cost *cost);

#endif
