/*
 * control_greylist.h - networks that passed another greylister
 *
 * At the control socket: "greylist know NETWORK NETWORK ...\n", in at most
 * CONTROL_GREYLIST_MAX bytes. The answer is one line of JSON: known (how many),
 * or null where nothing is greylisted. Only the control thread calls.
 */
#ifndef DOORS_CONTROL_GREYLIST_H
#define DOORS_CONTROL_GREYLIST_H

#include <stddef.h>

struct buf;
struct server_peer;

#define CONTROL_GREYLIST "greylist know "
#define CONTROL_GREYLIST_MAX 600

/* As the `answer` of server.h. */
size_t control_greylist(const struct server_peer *peer, const char *in,
    size_t n, struct buf *out);

#endif
