/*
 * load_options.h - the command line of the load driver
 */
#ifndef LOAD_OPTIONS_H
#define LOAD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "load_mail.h"
#include "load_session.h"

struct run {
	struct load_options session;
	struct mail_options mail;
	size_t sessions;	/* at a time */
	uint64_t messages;	/* in all */
	double seconds, hold;	/* 0: not */
	int slow_ms;
	pid_t pid;		/* of the filter; 0: not known */
	unsigned seed;
	bool json;
};

/* Exits with EX_USAGE and words when the line is wrong. */
void options_read(struct run *r, int argc, char **argv);

#endif
