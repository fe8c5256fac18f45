/* scenario_expect.h - compares what a scenario expects with what was played */
#ifndef SCENARIO_SCENARIO_EXPECT_H
#define SCENARIO_SCENARIO_EXPECT_H

#include <stdbool.h>
#include <stddef.h>

struct diags;
struct played;
struct scenario;
struct statement;

/* What was compared with the last event so far. */
struct expected {
	bool outcome;		/* EXPECT was there */
	size_t lines;		/* so many of the reply's lines were LINEs */
};

/* One statement from EXPECT on; what differs is an error in `d`. */
void scenario_expect(const struct scenario *s, const struct statement *st,
    const struct played *played, struct expected *expected,
    struct diags *d);

/* The event is over: was its refusal expected, and were all of its lines? */
void scenario_expected(const struct scenario *s, const struct statement *st,
    const struct played *played, const struct expected *expected,
    struct diags *d);

#endif
