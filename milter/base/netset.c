/* netset - a set of networks, found by one look for each length of prefix */

#include "base/net.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define V4_PREFIX 96
#define SLOTS_MIN 16		/* a power of two */

/* Each bit of h changes each bit of what comes back, half of the time. */
static uint64_t
mixed(uint64_t h)
{
	h = (h ^ h >> 33) * 0xff51afd7ed558ccdu;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53u;
	return h ^ h >> 33;
}

/* The hash needs no secret: the networks are the admin's, not a stranger's. */
static size_t
hash_of(const struct net *net)
{
	uint64_t half[2];

	memcpy(half, net->ip.b, sizeof half);
	return (size_t)mixed(mixed(half[0] ^ net->prefix) ^ half[1]);
}

/* The slot of that network, or the free one where it belongs. */
static uint32_t *
slot_of(const struct netset *set, const struct net *net)
{
	size_t at = hash_of(net) & (set->nslots - 1);
	const struct net *have;

	for (; set->slots[at] != 0; at = (at + 1) & (set->nslots - 1)) {
		have = &set->v[set->slots[at] - 1];
		if (have->prefix == net->prefix &&
		    memcmp(have->ip.b, net->ip.b, sizeof net->ip.b) == 0)
			break;
	}
	return &set->slots[at];
}

static void
grow(struct netset *set)
{
	size_t i;

	free(set->slots);
	set->nslots = set->nslots != 0 ? 2 * set->nslots : SLOTS_MIN;
	set->slots = mem_array(set->nslots, sizeof *set->slots);
	for (i = 0; i < set->n; i++)
		*slot_of(set, &set->v[i]) = (uint32_t)i + 1;
}

/* The long before the short. */
static void
add_prefix(struct netset *set, unsigned prefix)
{
	size_t i, at;

	for (at = 0; at < set->nprefixes && set->prefixes[at] > prefix; at++)
		;
	if (at < set->nprefixes && set->prefixes[at] == prefix)
		return;
	for (i = set->nprefixes++; i > at; i--)
		set->prefixes[i] = set->prefixes[i - 1];
	set->prefixes[at] = (uint8_t)prefix;
}

void
netset_add(struct netset *set, const struct net *net)
{
	uint32_t *slot;

	if (2 * set->n >= set->nslots)
		grow(set);
	slot = slot_of(set, net);
	if (*slot != 0)
		return;
	set->v = mem_room(set->v, set->n, &set->cap, sizeof *set->v);
	set->v[set->n++] = *net;
	*slot = (uint32_t)set->n;
	add_prefix(set, net->prefix);
}

static void
clear_from(struct ip *ip, unsigned bit)
{
	unsigned i = bit / 8;

	if (i < sizeof ip->b) {
		ip->b[i] &= (uint8_t)~(0xffu >> bit % 8);
		memset(ip->b + i + 1, 0, sizeof ip->b - i - 1);
	}
}

const struct net *
netset_get(const struct netset *set, const struct net *net)
{
	const uint32_t *slot = set->n > 0 ? slot_of(set, net) : NULL;

	return slot != NULL && *slot != 0 ? &set->v[*slot - 1] : NULL;
}

const struct net *
netset_next(const struct netset *set, const struct ip *ip,
    const struct net *narrower)
{
	struct net net = { .ip = *ip };
	unsigned least = ip_is_v4(ip) ? V4_PREFIX : 0;
	const struct net *found = NULL;
	size_t i = 0;

	if (!ip->known)
		return NULL;
	while (narrower != NULL && i < set->nprefixes &&
	    set->prefixes[i] >= narrower->prefix)
		i++;
	for (; found == NULL && i < set->nprefixes &&
	    set->prefixes[i] >= least; i++) {
		net.prefix = set->prefixes[i];
		clear_from(&net.ip, net.prefix);
		found = netset_get(set, &net);
	}
	return found;
}

const struct net *
netset_find(const struct netset *set, const struct ip *ip)
{
	return netset_next(set, ip, NULL);
}

void
netset_free(struct netset *set)
{
	free(set->v);
	free(set->slots);
	memset(set, 0, sizeof *set);
}
