/*
 * scanners.h - what content_clamd, content_spamd and content_rspamd share
 *
 * The options that each scanner has, the message as it is shown to them, and
 * what is found when none of its servers answers.
 */
#ifndef CHECKS_SCANNERS_H
#define CHECKS_SCANNERS_H

#include "base/buf.h"
#include "base/option.h"
#include "base/sock.h"
#include "checks/check.h"
#include "scanners/scanner.h"

enum scanners_failure { SCANNERS_DEFER, SCANNERS_MARK, SCANNERS_PASS };
extern const char *const scanners_failure_words[];

struct scanners {
	struct sock_spec *servers;
	size_t n, cap;
};

struct scanner_options {
	struct scanners servers;
	long long timeout;
	int failure;		/* enum scanners_failure */
	struct scanner *scanner;	/* NULL: no servers */
};

/* parse and free of an OPTION_LIST whose slot is a struct scanners. */
bool scanners_parse(void *base, void *slot, const char *value,
    struct buf *errmsg);
void scanners_free(void *slot);

/* Three rows; NAME is a string, AT(x) the offset of x of scanner_options. */
#define SCANNER_OPTIONS(NAME, AT) \
	{ .name = NAME, .type = OPTION_LIST, .offset = AT(servers), \
	    .parse = scanners_parse, .free = scanners_free, \
	    .help = "sockets of " NAME "; several take turns" }, \
	{ .name = NAME "-timeout", .type = OPTION_TIME, \
	    .offset = AT(timeout), .default_value = "60 s", .min = 100, \
	    .max = 240000, \
	    .help = "how long a message may wait for " NAME " in all" }, \
	{ .name = NAME "-trouble", .type = OPTION_WORD, \
	    .offset = AT(failure), .words = scanners_failure_words, \
	    .default_value = "defer", \
	    .help = "when " NAME " does not answer" }

/* For checks whose options begin with a struct scanner_options. */
void scanners_ready(void *options, const char *kind);
void scanners_done(void *options);
bool scanners_active(const void *options, const struct site *site);

/* The header as the MTA sent it, with the empty line behind it. */
void scanners_put_header(struct buf *out, const struct session *s);
/* A Received field of ours, so that the scanner knows the client. */
void scanners_put_received(struct buf *out, const struct session *s,
    const struct site *site);

/* None answered: a deferral, or what the options make of it. */
void scanners_unavailable(const struct check_ctx *ctx, struct findings *found,
    const struct scanner_options *o, const char *kind, const char *errmsg);

/* A score with one decimal. */
void scanners_say_score(struct finding *f, enum evidence_key key,
    double score);

#endif
