/*
 * options.h - what `saywhy serve` reads of the configuration
 */
#ifndef PAGES_OPTIONS_H
#define PAGES_OPTIONS_H

#include "base/option.h"
#include "pages/peers.h"

struct page_options {
	char *listen;		/* socket spec; never NULL */
	char *metrics;		/* socket spec, or NULL: none */
	struct peers peers;	/* pages of the other hosts */
	long long rate;		/* pages a minute and client; 0: any */
};

extern const struct option page_option_rows[];

#endif
