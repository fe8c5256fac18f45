/*
 * control_metrics_lists.h - how lists and scanners fare
 */
#ifndef DOORS_CONTROL_METRICS_LISTS_H
#define DOORS_CONTROL_METRICS_LISTS_H

struct buf;

/* Appends their families of OpenMetrics. */
void control_metrics_lists(struct buf *out);

#endif
