/*
 * rates.h - recent rates a minute
 *
 * A counter that only grows is sampled once a minute; the rate is its growth
 * over the real time since then. Pure; times are clock_ms(). One thread at a
 * time.
 */
#ifndef DOORS_RATES_H
#define DOORS_RATES_H

#include <stddef.h>
#include <stdint.h>

#define RATES_MINUTES 15	/* how far back */
#define RATES_MS 60000

struct rates_sample {
	int64_t time;
	uint64_t sessions, recipients, refused;
};

/* The first sample is the start, when all was zero. */
struct rates {
	struct rates_sample v[RATES_MINUTES + 2];
	size_t n;		/* ever added */
};

struct rates_per_minute {
	double sessions, recipients, refused;
};

void rates_add(struct rates *r, const struct rates_sample *sample);

/*
 * The mean since the last sample that is at least `minutes` old, or since the
 * oldest one that there is.
 */
struct rates_per_minute rates_over(const struct rates *r, int minutes,
    const struct rates_sample *now);

#endif
