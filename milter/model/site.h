/*
 * site.h - the settings of this mail server; read only once loaded
 *
 * The settings that more than one room needs. Owned by the ruleset.
 */
#ifndef MODEL_SITE_H
#define MODEL_SITE_H

#include <stdbool.h>

#include "base/net.h"
#include "base/option.h"
#include "base/strset.h"
#include "model/login.h"
#include "model/mailset.h"

struct mailbox;
struct session;

struct site {
	char *name;		/* this mail server's name; never NULL */
	/* a mailbox that people can write to; never NULL */
	char *contact;
	char *page;		/* URL with {id}, or NULL */
	struct mailset domains;	/* relay.domains: ours */
	struct netset networks;	/* relay.networks: may relay */
	struct option_ints submission_ports;
	struct strset submission_daemons;
	struct logins logins;
	bool spf, dkim, dmarc;	/* are they looked at? */
	bool results;		/* add Authentication-Results */
	bool trust_earlier_milters;	/* keep those that claim our name */
	long long list_threshold;	/* weights of DNS lists that reach it
					   refuse */
	int spf_engine;		/* enum spf_engine of auth/spf.h */
	int dkim_engine;	/* enum dkim_engine of auth/dkim.h */
	bool spf_explanation;	/* ask for the words of exp= */
	bool parts;		/* some check looks into messages */
	/* what looking into one may cost */
	long long max_cpu;	/* ms */
	long long max_unpacked, max_entries, max_urls;
};

/* By port, or by the MTA's name of the daemon. */
bool site_is_submission(const struct site *site, const struct session *s);

/* Logged in, or a client of relay.networks. */
bool site_trusts(const struct site *site, const struct session *s);

/* The same, but for a login that may not send to others' domains. */
bool site_relays(const struct site *site, const struct session *s);

/*
 * One of the addresses that must be reachable for people whom we refuse:
 * postmaster (RFC 5321 section 4.5.1) and abuse of relay.domains or without a
 * domain, the contact.
 */
bool site_is_postmaster(const struct site *site, const struct mailbox *rcpt);

#endif
