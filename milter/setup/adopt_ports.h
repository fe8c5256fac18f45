/*
 * adopt_ports.h - ports of master.cf with restrictions of their own
 *
 * What main.cf refuses is not refused where master.cf says otherwise: there
 * nothing of what is adopted holds, and Postfix decides alone.
 */
#ifndef SETUP_ADOPT_PORTS_H
#define SETUP_ADOPT_PORTS_H

#include "setup/adopt.h"

/* Appends exceptions for them to the whole fragment, and lists them. */
void adopt_ports(struct adopt *a, const struct mta_source *source);

#endif
