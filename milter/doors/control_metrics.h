/*
 * control_metrics.h - the daemon's numbers as OpenMetrics text
 *
 * Names and meanings are a contract with those who draw them (NEWS). Families
 * of refusals carry issuer, outcome and reason of the catalogue; latencies are
 * in seconds, by stage.
 */
#ifndef DOORS_CONTROL_METRICS_H
#define DOORS_CONTROL_METRICS_H

#include <time.h>

struct buf;
struct recorder;

/*
 * Appends everything, with the "# EOF" line at its end. `policy` is the
 * fingerprint of the configuration, and when it was loaded.
 */
void control_metrics(struct buf *out, struct recorder *recorder,
    const char *policy, const struct timespec *loaded);

#endif
