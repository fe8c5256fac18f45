/* rates - how many a minute, lately */

#include "doors/rates.h"

#define SAMPLES (sizeof ((struct rates *)0)->v / sizeof(struct rates_sample))

void
rates_add(struct rates *r, const struct rates_sample *sample)
{
	r->v[r->n++ % SAMPLES] = *sample;
}

static const struct rates_sample *
since(const struct rates *r, int64_t time)
{
	size_t oldest = r->n > SAMPLES ? r->n - SAMPLES : 0;
	size_t i = r->n - 1;

	while (i > oldest && r->v[i % SAMPLES].time > time)
		i--;
	return &r->v[i % SAMPLES];
}

struct rates_per_minute
rates_over(const struct rates *r, int minutes, const struct rates_sample *now)
{
	const struct rates_sample zero = { .time = now->time };
	const struct rates_sample *then = r->n == 0 ? &zero :
	    since(r, now->time - (int64_t)minutes * RATES_MS);
	double span = (double)(now->time - then->time) / RATES_MS;

	if (span <= 0)
		return (struct rates_per_minute){ .sessions = 0 };
	return (struct rates_per_minute){
		.sessions = (double)(now->sessions - then->sessions) / span,
		.recipients = (double)(now->recipients - then->recipients) /
		    span,
		.refused = (double)(now->refused - then->refused) / span
	};
}
