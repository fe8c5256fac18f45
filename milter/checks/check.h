/*
 * check.h - the contract of a check
 *
 * A check says what is so, never what to do about it: it looks at the session
 * and adds findings. One file each, named family_what.c, one row in checks.def
 * (its place is its turn), one scenario. Its options are rows of base/option.h
 * that become part of the section it names.
 *
 * run(), body() and part() are called from many threads at once with different
 * sessions; options are read only. What must be kept between two calls is kept
 * in slots of the session (model/slots.h). They never wait beyond the deadline
 * of a service.
 */
#ifndef CHECKS_CHECK_H
#define CHECKS_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/option.h"
#include "model/finding.h"
#include "model/session.h"
#include "model/site.h"
#include "model/slots.h"
#include "model/stage.h"
#include "words/reason_row.h"

struct check;
struct diags;
struct mime_event;

struct check_ctx {
	const struct check *check;
	const struct session *session;
	const struct site *site;
	const void *options;	/* the check's own struct */
	struct slots *slots;	/* notes about this session */
	enum stage stage;	/* where we are */
	int64_t deadline;	/* of this step, clock_ms(), for services */
	bool question;		/* of the policy service, ahead of the command
				   itself: what is counted is not counted yet */
};

/* What a check must get of a message. */
enum check_needs {
	CHECK_NEEDS_HEADERS = 1,	/* header fields */
	CHECK_NEEDS_BODY = 2,		/* the body: its bytes, or how many */
	CHECK_NEEDS_PARTS = 4		/* the parsed message: part() */
};

struct check {
	const char *name;	/* "relay_denied", as the file */
	const char *section;	/* "relay", "auth", "blacklist", "content" */
	unsigned stages;	/* STAGE_BIT()s: when run() is called */
	/*
	 * When its refusals may be issued: STAGE_MAIL or STAGE_RCPT. What is
	 * found later is issued after the final dot in any case.
	 */
	enum stage issued_at;
	/*
	 * It judges who the peer is, by client, HELO, blacklist or sender
	 * authentication: logins, own networks, postmaster are exempt.
	 */
	bool identity;
	/*
	 * It may mark by its own options (finding.max), whatever the actions of
	 * its reasons.
	 */
	bool softens;
	bool counts;		/* it asks counters/ */
	unsigned needs;		/* enum check_needs */
	const int *reasons;	/* all it may give, ends with REASON_NONE */
	/* For functions that several checks share: which of them it is. */
	const void *variant;
	const struct option *options;	/* NULL: none */
	size_t options_size;
	/*
	 * After all options are read: compiles, opens, looks at the whole, and
	 * reports what cannot be. NULL: nothing. done() undoes it, also after
	 * a load that failed before ready() was called.
	 */
	void (*ready)(void *options, const struct site *site, struct diags *d);
	void (*done)(void *options);
	/* Is there anything to look for? NULL: always. Decided at load. */
	bool (*active)(const void *options, const struct site *site);
	void (*run)(const struct check_ctx *ctx, struct findings *found);
	/*
	 * A header field that is not in the session, for there are too many:
	 * called as it arrives, before run() at HEADERS (which is ctx->stage),
	 * and not for the fields that the session keeps. Blanks may stand
	 * behind its name; ctx has no deadline. NULL: not needed.
	 */
	void (*field)(const struct check_ctx *ctx, const struct header *h);
	/*
	 * n bytes of the body as they come, lines ending in CR LF, between
	 * HEADERS and MESSAGE (ctx->stage is HEADERS). NULL: not wanted. What
	 * it finds it notes, and run() says so at MESSAGE.
	 */
	void (*body)(const struct check_ctx *ctx, const char *bytes, size_t n);
	/*
	 * The body is over: called for all checks before the first run() at
	 * MESSAGE, so that their outside queries run at the same time. NULL:
	 * not needed.
	 */
	void (*end)(const struct check_ctx *ctx);
	/*
	 * The parsed message, event by event (mime/mime.h), for a check that
	 * has CHECK_NEEDS_PARTS: after run() at HEADERS and before run() at
	 * MESSAGE, which the END of part 1 precedes. One parser feeds all
	 * checks. ctx->stage is HEADERS; NULL: not needed.
	 */
	void (*part)(const struct check_ctx *ctx,
	    const struct mime_event *event);
	/*
	 * The MTA itself refuses something, with this enhanced status ("5.1.1";
	 * NULL: not known), at ctx->stage. NULL: not needed.
	 */
	void (*refused)(const struct check_ctx *ctx, const char *status);
	/*
	 * After run() at MESSAGE: what is done about the message. NULL: not
	 * needed.
	 */
	void (*judged)(const struct check_ctx *ctx,
	    const struct findings *found, enum action taken);
};

/* Every check, in turn; ends with NULL. */
extern const struct check *const checks_all[];

/* A finding of this check, here and now: add evidence with finding_say(). */
struct finding *check_found(const struct check_ctx *ctx,
    struct findings *found, int reason);

#endif
