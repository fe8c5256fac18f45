/*
 * spf.h - may this client send mail for that domain? (RFC 7208)
 *
 * check_host() of section 4, by our own evaluator or by libspf2. Any thread;
 * the only waiting is for dns/dns.h, until the deadline, past which the
 * result is temperror. All limits of section 4.6.4 hold: 10 terms that ask
 * DNS, 10 MX, 10 PTR, 2 void lookups.
 */
#ifndef AUTH_SPF_H
#define AUTH_SPF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/net.h"

enum spf_result { SPF_NONE, SPF_NEUTRAL, SPF_PASS, SPF_FAIL, SPF_SOFTFAIL,
	SPF_TEMPERROR, SPF_PERMERROR };

/* RFC 8601 section 2.7.2: "none", "neutral", "pass", … */
const char *spf_result_name(enum spf_result result);

enum spf_engine { SPF_ENGINE_SAYWHY, SPF_ENGINE_LIBSPF2 };
/* Words of `auth { spf-engine }`; ends with NULL. */
extern const char *const spf_engine_names[];
/* Was it built? */
bool spf_engine_there(enum spf_engine engine);

/* Everything is borrowed, and raw. */
struct spf_query {
	enum spf_engine engine;
	struct ip client;	/* known */
	const char *helo;	/* NULL counts as "" */
	const char *local;	/* of the sender; NULL or "": postmaster */
	const char *domain;	/* of the sender, or the HELO name; A-labels */
	const char *receiver;	/* our name, for %{r} */
	bool explain;		/* ask for exp= after a fail */
	int64_t deadline;	/* clock_ms() */
};

struct spf {
	enum spf_result result;
	char *domain;		/* the domain that was checked; never NULL */
	char *record;		/* of the domain that decided; or NULL */
	char *mechanism;	/* as it stands in the record, "default" when
				   none did; NULL: there is no such */
	char *detail;		/* of errors: which, in our words; or NULL */
	char *explanation;	/* of exp=: raw ASCII of a stranger; or NULL */
	unsigned lookups;	/* terms that queried DNS */
	unsigned voids;		/* questions without an answer */
};

/* Fills *out, which the caller clears. */
void spf_check(const struct spf_query *q, struct spf *out);
void spf_clear(struct spf *spf);

#endif
