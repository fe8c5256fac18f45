/*
 * login.h - what the admin says about logins; read only once loaded
 *
 * Blocks `login "name" { }` and what holds for all logins. Several checks read
 * it, so that it belongs to the site (model/site.h).
 */
#ifndef MODEL_LOGIN_H
#define MODEL_LOGIN_H

#include <stdbool.h>

#include "base/net.h"
#include "base/option.h"
#include "model/mailset.h"

/* From the oldest to the newest; ANY is no encryption at all, too. */
enum tls_level { TLS_LEVEL_ANY, TLS_LEVEL_1_0, TLS_LEVEL_1_1, TLS_LEVEL_1_2,
	TLS_LEVEL_1_3 };

/* "any", "TLSv1", …, as MTAs name them; ends with NULL. */
extern const char *const tls_level_names[];

/* As an MTA names it; an unknown version counts as the newest. */
enum tls_level tls_level_of(const char *version);

/* One login. */
struct login {
	struct option_item item;	/* title: the login */
	struct mailset senders;		/* whom it may send as */
	struct netset networks;		/* where it may come from; empty: where
					   any may */
	/* In observe mode nobody gets the reply. */
	bool disabled;
	bool relay;			/* it may send to others' domains */
	long long max_recipients;	/* of a message; 0: as any */
};

extern const struct option login_options[];

struct logins {
	struct option_items blocks;	/* struct login */
	/* where any may come from; empty: anywhere */
	struct netset networks;
	int tls;			/* enum tls_level, the least */
	long long max_recipients;	/* 0: no limit */
};

/* The block of that login, in any case of letters, or NULL. */
const struct login *logins_find(const struct logins *logins,
    const char *name);

#endif
