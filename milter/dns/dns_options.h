/*
 * dns_options.h - the section `dns` of the configuration
 */
#ifndef DNS_DNS_OPTIONS_H
#define DNS_DNS_OPTIONS_H

#include "base/option.h"

struct dns_options {
	char *servers;		/* "192.0.2.1,[2001:db8::1]:5353"; NULL: those
				   of resolv.conf */
	long long cache;	/* bytes */
};

extern const struct option dns_option_rows[];

#endif
