/*
 * dkim.h - signatures of a message, verified as it comes (RFC 6376)
 *
 * By our own engine or by libopendkim. One check belongs to one message and one
 * thread at a time; different checks are independent. The keys of all
 * signatures are queried together, when the header ends; nothing else waits. A
 * signature passes when its b= and its bh= both hold, it covers the whole body,
 * and its algorithm and key are ones to rely on (RFC 8301).
 */
#ifndef AUTH_DKIM_H
#define AUTH_DKIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Signatures of one message that are looked at, from the top. */
#define DKIM_SIGNATURES_MAX 10

enum dkim_engine { DKIM_ENGINE_SAYWHY, DKIM_ENGINE_OPENDKIM };
/* Words of `auth { dkim-engine }`; ends with NULL. */
extern const char *const dkim_engine_names[];
/* Was it built? */
bool dkim_engine_there(enum dkim_engine engine);

/* RFC 8601 section 2.7.1; POLICY: it holds, and is not good enough. */
enum dkim_verdict { DKIM_VERDICT_PASS, DKIM_VERDICT_FAIL, DKIM_VERDICT_POLICY,
	DKIM_VERDICT_TEMPERROR, DKIM_VERDICT_PERMERROR };

/* "pass", "fail", "policy", … */
const char *dkim_verdict_name(enum dkim_verdict verdict);

struct dkim_signed {
	enum dkim_verdict verdict;
	char *domain;		/* d=, lower case; NULL: none could be read */
	char *selector;		/* s=, raw; or NULL */
	char *algorithm;	/* "rsa-sha256", raw; or NULL */
	char *detail;		/* why it did not pass; NULL: it passed */
	unsigned bits;		/* of the key; 0: not known */
};

struct dkim_result {
	struct dkim_signed *v;
	size_t n;
	size_t more;		/* signatures that were not verified */
	/* why nothing could be verified; or NULL */
	const char *failure;
};

struct dkim_check;

struct dkim_check *dkim_check_new(enum dkim_engine engine);
void dkim_check_free(struct dkim_check *c);	/* NULL: nothing */

/*
 * A field, its value with every blank after the colon; lines of it end in
 * CR LF or LF. Then the end of the header, which waits for keys till the
 * deadline (clock_ms()), then the body in pieces with CR LF.
 */
void dkim_check_header(struct dkim_check *c, const char *name,
    const char *value);
void dkim_check_end_of_header(struct dkim_check *c, int64_t deadline);
void dkim_check_body(struct dkim_check *c, const char *bytes, size_t n);

/* The message is over. Lives as long as the check. */
const struct dkim_result *dkim_check_end(struct dkim_check *c);

#endif
