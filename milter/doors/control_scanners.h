/*
 * control_scanners.h - the scanners, for `saywhy status`
 */
#ifndef DOORS_CONTROL_SCANNERS_H
#define DOORS_CONTROL_SCANNERS_H

struct json;

/* "scanners": [{"kind", "server", "state", "scans", "troubles", "trouble"}] */
void control_put_scanners(struct json *j);

#endif
