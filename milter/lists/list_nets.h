/*
 * list_nets.h - a million networks: sorted ranges, longest match first
 *
 * Networks are added in any order and then sealed into ranges that do not
 * overlap, each owned by the narrowest network around it; a lookup is one
 * binary search, of few steps in main memory. IPv4 needs 12 bytes a range, IPv6
 * 24; a network makes two ranges at most. Built by one thread, then read by any
 * number.
 */
#ifndef LISTS_LIST_NETS_H
#define LISTS_LIST_NETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/net.h"

struct list_range {
	uint32_t comment;	/* as it was given with the network */
	uint8_t prefix;		/* of the network, in its family */
};

/* One family. */
struct list_table {
	size_t width;		/* bytes of an address, 4 or 16 */
	uint8_t *starts;	/* width bytes each, ascending */
	uint8_t *marks;		/* every 64th of them: few, so they stay in
				   the processor's cache */
	struct list_range *ranges;	/* each ends where the next begins */
	size_t n, cap;
};

struct list_nets {
	struct list_added *added;	/* until sealed */
	size_t n, cap;
	struct list_table v4, v6;
};

/* Zeroed is empty. Of equal networks the one added first stands. */
void list_nets_add(struct list_nets *nets, const struct net *net,
    uint32_t comment);

/* After the last one; before it nothing is found. */
void list_nets_seal(struct list_nets *nets);

/* The narrowest network around the address, and its comment. */
bool list_nets_find(const struct list_nets *nets, const struct ip *ip,
    struct net *net, uint32_t *comment);

void list_nets_free(struct list_nets *nets);

#endif
