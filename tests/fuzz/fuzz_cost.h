/*
 * fuzz_cost.h - what a message costs that a few bytes describe
 */
#ifndef FUZZ_COST_H
#define FUZZ_COST_H

#include <stddef.h>
#include <stdint.h>

/* How large a message is made, and what it may cost. */
struct cost_scale {
	size_t body, header;	/* bytes to which what is repeated grows */
	const char *budget;	/* options of section content */
	struct ruleset *rules;	/* NULL at first */
};

struct cost {
	long long us;		/* CPU of all its steps */
	size_t bytes;		/* of its body */
	int code;		/* of the reply; 0: it passes */
};

/* n bytes in the form that fuzz_cost.c tells of. One thread. */
void cost_of(struct cost_scale *scale, const uint8_t *data, size_t n,
    struct cost *cost);

#endif
