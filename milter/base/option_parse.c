/* option_parse - ready-made values of more than one word or number */

#include "base/option.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"
#include "base/option_value.h"
#include "base/strset.h"

#define PORT_MAX 65535

bool
option_parse_net(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct net net;

	(void)base;
	if (!net_parse(value, &net, errmsg))
		return false;
	netset_add(slot, &net);
	return true;
}

void
option_free_nets(void *slot)
{
	netset_free(slot);
}

static void
ints_add(struct option_ints *set, long long value)
{
	set->v = mem_room(set->v, set->n, &set->cap, sizeof *set->v);
	set->v[set->n++] = value;
}

bool
option_parse_int(void *base, void *slot, const char *value, struct buf *errmsg)
{
	long long number;

	(void)base;
	if (!option_integer(value, &number)) {
		buf_printf(errmsg, "\"%.60s\" is not a number", value);
		return false;
	}
	ints_add(slot, number);
	return true;
}

bool
option_parse_port(void *base, void *slot, const char *value, struct buf *errmsg)
{
	long long number;

	(void)base;
	if (!option_integer(value, &number) || number < 1 ||
	    number > PORT_MAX) {
		buf_printf(errmsg, "\"%.60s\" is not a port (1 to %d)", value,
		    PORT_MAX);
		return false;
	}
	ints_add(slot, number);
	return true;
}

void
option_free_ints(void *slot)
{
	struct option_ints *set = slot;

	free(set->v);
	*set = (struct option_ints){ .v = NULL };
}

bool
option_ints_has(const struct option_ints *set, long long value)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		if (set->v[i] == value)
			return true;
	return false;
}

bool
option_parse_string(void *base, void *slot, const char *value,
    struct buf *errmsg)
{
	(void)base;
	if (*value == '\0') {
		buf_puts(errmsg, "an empty value says nothing");
		return false;
	}
	strset_add(slot, value);
	return true;
}

void
option_free_strings(void *slot)
{
	strset_free(slot);
}
