/*
 * metrics.h - what a monitoring system reads (OpenMetrics)
 *
 * The daemon itself makes the text (doors/control.h); this hands it on, so
 * that a scrape sees one moment of one process.
 */
#ifndef PAGES_METRICS_H
#define PAGES_METRICS_H

#include "pages/http.h"

struct metrics {
	const char *control;	/* the daemon's socket */
};

/* An http_handler; arg is a struct metrics. */
void metrics_answer(void *arg, const struct http_request *request,
    struct http_answer *answer);

#endif
