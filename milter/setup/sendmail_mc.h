/*
 * sendmail_mc.h - the calls of a sendmail.mc: FEATURE(`dnsbl', `zone')dnl
 *
 * Not m4, which would have to be run: names, arguments without their quotes,
 * and dnl. What is computed by other macros is not seen; who reads it leaves to
 * Sendmail what is not as it stands here. Linear. Pure.
 */
#ifndef SETUP_SENDMAIL_MC_H
#define SETUP_SENDMAIL_MC_H

#include <stdbool.h>
#include <stddef.h>

#define MC_NAME_MAX 64
#define MC_ARGUMENT_MAX 512
#define MC_ARGUMENTS 8

struct mc_call {
	char name[MC_NAME_MAX];
	char argument[MC_ARGUMENTS][MC_ARGUMENT_MAX];
	size_t n;	/* arguments, of which no more than MC_ARGUMENTS are
			   kept; each cut at its longest */
};

/* The next call from *p on, which moves behind it. False: there is none. */
bool mc_next(const char **p, struct mc_call *call);

#endif
