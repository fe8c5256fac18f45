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
	{ .name = NAME "-tempfail", .old_name = NAME "-trouble", \
	    .type = OPTION_WORD, \
	    .offset = AT(failure), .words = scanners_failure_words, \
	    .default_value = "defer", \
	    .help = "when " NAME " does not answer" }

/*
 * A scanner, the `variant` of its check. begin() opens the scan and sends what
 * stands before the body; put() and end() send the body; verdict() adds
 * findings, or returns SCAN_TEMPFAIL.
 */
struct scanner_kind {
	const char *name;		/* "clamd" */
	struct slot_kind slot;		/* SCANNER_SLOT */
	/* May the message be scanned, so far? NULL: always. */
	bool (*may_scan)(const struct check_ctx *ctx);
	void (*begin)(const struct check_ctx *ctx, struct scan *scan);
	void (*put)(struct scan *scan, const char *bytes, size_t n,
	    int64_t deadline);
	void (*end)(struct scan *scan, int64_t deadline);
	enum scan_status (*verdict)(const struct check_ctx *ctx,
	    struct findings *found, struct scan *scan);
};

/* The scan of a session's message. */
struct scanner_note {
	bool begun;
	bool skipped;		/* it does not fit */
	struct scan scan;
};

#define SCANNER_SLOT(NAME) { "content_" NAME, sizeof(struct scanner_note), \
	SCOPE_MESSAGE, scanners_clear_note }
void scanners_clear_note(void *note);

/* For checks whose options begin with a struct scanner_options. */
void scanners_done(void *options);
bool scanners_active(const void *options, const struct site *site);
void scanners_body(const struct check_ctx *ctx, const char *bytes, size_t n);
void scanners_end(const struct check_ctx *ctx);
void scanners_run(const struct check_ctx *ctx, struct findings *found);

/* All members of such a check but `name`, `reasons` and `options`. */
#define SCANNER_CHECK(KIND, READY, OPTIONS) \
	.section = "content", \
	.stages = STAGE_BIT(STAGE_MESSAGE), \
	.issued_at = STAGE_RCPT, \
	.softens = true, \
	.needs = CHECK_NEEDS_HEADERS | CHECK_NEEDS_BODY, \
	.variant = &(KIND), \
	.options_size = sizeof(OPTIONS), \
	.ready = (READY), \
	.done = scanners_done, \
	.active = scanners_active, \
	.body = scanners_body, \
	.end = scanners_end, \
	.run = scanners_run
void scanners_ready(void *options, const char *kind);

/* The header as the MTA sent it, with the empty line behind it. */
void scanners_put_header(struct buf *out, const struct session *s);
/* A Received field of ours, so that the scanner knows the client. */
void scanners_put_received(struct buf *out, const struct session *s,
    const struct site *site);

/* A score with one decimal. */
void scanners_say_score(struct finding *f, enum evidence_key key,
    double score);

#endif
