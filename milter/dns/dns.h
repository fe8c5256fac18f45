/*
 * dns.h - DNS queries, many at once, each with a deadline
 *
 * All DNS goes through here. One thread talks to the resolver; answers are
 * cached as long as their TTL says, and equal queries in progress are sent
 * once. Any thread may call any function, except those that start and stop the
 * service.
 *
 * An answer is one of three: found; none (RFC 2308: no such name, or no such
 * data); a temporary failure, which is anything else (no resolver, too late, a
 * server that fails, an answer that cannot be read). A failure is never "none".
 */
#ifndef DNS_DNS_H
#define DNS_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/net.h"

struct buf;
struct dns_options;

enum dns_type { DNS_A, DNS_AAAA, DNS_MX, DNS_TXT, DNS_PTR, DNS_CNAME };

enum dns_status { DNS_FOUND, DNS_NONE, DNS_TEMPFAIL };

/* Raw: the owner of the zone wrote the text, with any bytes in it. */
struct dns_record {
	struct ip ip;		/* A, AAAA */
	unsigned preference;	/* MX */
	char *text;	/* TXT: its strings joined; MX, PTR, CNAME: a name
			   without the dot at its end ("" is the root), in
			   which a dot or backslash inside a label is escaped
			   by a backslash, and other odd bytes as \DDD. Ends
			   in a NUL, TXT may hold others */
	size_t n;	/* bytes of text */
};

struct dns_answer {
	enum dns_status status;
	bool no_name;		/* NONE: the name itself does not exist */
	bool unasked;		/* NONE: no such name can be */
	const char *failure;	/* TROUBLE: which, a few words; lives on */
	size_t n;		/* FOUND: at least one */
	const struct dns_record *v;
};

struct dns_question {
	enum dns_type type;
	const char *name;	/* no escapes: every byte but "." is itself; a
				   dot at the end is dropped. Borrowed till
				   dns_ask() returns */
	const struct dns_answer *answer;	/* after dns_ask(): never NULL */
	/* of dns.c */
	struct dns_question *next;
	struct dns_entry *entry;
	struct dns_batch *batch;
};

/*
 * Sends all n at once and waits until each is answered, or until the deadline
 * (clock_ms()), when the rest fail temporarily. The caller releases the answers
 * with dns_forget(). Impossible names (a label over 63 bytes, over 253 in all,
 * an empty label) are "none" without a query.
 */
void dns_ask(struct dns_question *q, size_t n, int64_t deadline);
void dns_forget(struct dns_question *q, size_t n);

/*
 * The same, but waits only until `enough` returns true. It is called after
 * every answer, may look at q[].answer (NULL: none yet) and must not query DNS.
 * Queries without an answer then have NULL.
 */
typedef bool dns_enough(void *arg);
void dns_ask_until(struct dns_question *q, size_t n, int64_t deadline,
    dns_enough *enough, void *arg);

/* dns_ask() for one. The answer is given back with dns_drop(). */
const struct dns_answer *dns_lookup(enum dns_type type, const char *name,
    int64_t deadline);
void dns_drop(const struct dns_answer *answer);		/* NULL: nothing */

/*
 * What a caller parsed from an answer that was found, kept with it until its
 * last holder releases it: parsed at the first call, by the first thread. One
 * parser serves one kind of names. parse() returns about how many bytes of
 * memory it used; these count for the cache.
 */
struct dns_parser {
	void *(*parse)(const struct dns_answer *answer, size_t *bytes);
	void (*free)(void *parsed);
};
const void *dns_parsed(const struct dns_answer *answer,
    const struct dns_parser *parser);

/* Is this one of its addresses? Of an answer to DNS_A or DNS_AAAA. */
bool dns_has_address(const struct dns_answer *answer, const struct ip *ip);

/*
 * Asks without waiting, so that a later dns_ask() for the same finds the
 * answer, or at least the question on its way.
 */
void dns_prefetch(enum dns_type type, const char *name);

/*
 * Appends the address as DNS turns it round, with `zone` behind it:
 * "7.2.0.192.ZONE", or 32 nibbles. The zone NULL: that of reverse DNS
 * (in-addr.arpa of RFC 1035 section 3.5, ip6.arpa of RFC 3596 section 2.5).
 */
void dns_put_reverse(struct buf *out, const struct ip *ip, const char *zone);

/*
 * Start and stop. dns_start() starts the thread: call it after fork() and after
 * privileges were dropped. False with words in errmsg when it cannot. Before
 * it, and after dns_stop(), every query fails temporarily. dns_apply() applies
 * changed options and reads resolv.conf again; queries in progress are sent
 * again.
 */
bool dns_start(const struct dns_options *opt, struct buf *errmsg);
void dns_apply(const struct dns_options *opt);
void dns_stop(void);

/*
 * For scenarios and tests: no thread and no network; only names given to
 * dns_preload() exist. With `senders_exist` every other name has an MX, so that
 * a scenario need not list the domains of its senders. Forgets what was
 * preloaded before. dns_stop() ends it.
 */
void dns_offline(bool senders_exist);

/*
 * Stores one record: type "A", "AAAA", "MX" (value "10 mail.example.org"),
 * "TXT" (\\DDD is that byte), "PTR", "CNAME". The value "TEMPFAIL" (formerly
 * "TROUBLE") lets every query for that name and type fail temporarily, "NONE"
 * (type "ANY" too) only makes the name exist. False with words in errmsg when
 * the record is wrong.
 */
bool dns_preload(const char *name, const char *type, const char *value,
    struct buf *errmsg);

struct dns_counts {
	uint64_t asked;		/* questions to us */
	uint64_t cached;	/* answered at once */
	uint64_t joined;	/* one like it was on its way */
	uint64_t sent;		/* to the resolver */
	uint64_t failure;	/* questions of ours that ended so */
	uint64_t late;		/* these among them: past the deadline */
	uint64_t dropped;	/* answers, to make room */
	size_t kept;		/* answers now */
	size_t bytes;		/* of memory for these */
	size_t waiting;		/* on their way now */
};
struct dns_counts dns_counts(void);

#endif
