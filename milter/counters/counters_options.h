/*
 * counters_options.h - where counting is kept: options at the top of the file
 */
#ifndef COUNTERS_COUNTERS_OPTIONS_H
#define COUNTERS_COUNTERS_OPTIONS_H

#include <stddef.h>

#include "base/option.h"
#include "base/sock.h"

#define COUNTERS_SERVERS_MAX 8

/* One server, or the sentinels that know which server it is. */
struct counters_server {
	char *text;		/* as configured */
	char *master;		/* the name that sentinels know; NULL: it is
				   the server itself */
	struct sock_spec spec;
};

struct counters_servers {
	struct counters_server v[COUNTERS_SERVERS_MAX];
	size_t n;
};

struct counters_options {
	struct counters_servers servers;	/* none: each host alone */
	char *password_file;	/* of the servers, or NULL */
	char *file;		/* what outlives a restart, or NULL */
	char *countries;	/* a database of them, or NULL */
	char *alarm;		/* the mail server for alarms, or NULL */
	long long size;		/* bytes of the table of this host */
};

extern const struct option counters_option_rows[];

#endif
