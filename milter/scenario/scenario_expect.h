/*
 * scenario_expect.h - what a scenario expects, held against what was played
 */
#ifndef SCENARIO_SCENARIO_EXPECT_H
#define SCENARIO_SCENARIO_EXPECT_H

#include <stdbool.h>
#include <stddef.h>

struct diags;
struct played;
struct scenario;
struct statement;

/* What was held against the last event so far. */
struct expected {
	bool outcome;		/* EXPECT was there */
	size_t lines;		/* so many of the reply's lines were LINEs */
};

/* One statement from EXPECT on; what differs is an error in `d`. */
void scenario_expect(const struct scenario *s, const struct statement *st,
    const struct played *played, struct expected *expected,
    struct diags *d);

/* The event is over: nobody expected its refusal, or all of its lines? */
void scenario_expected(const struct scenario *s, const struct statement *st,
    const struct played *played, const struct expected *expected,
    struct diags *d);

#endif
