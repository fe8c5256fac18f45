/*
 * limit_block.h - limit "name" { }: how much of what, from whom, how fast
 *
 * The same block stands in the sections relay and auth; a check of each asks
 * here. What is counted lies in counters/, on this host or with others.
 */
#ifndef CHECKS_LIMIT_BLOCK_H
#define CHECKS_LIMIT_BLOCK_H

#include "checks/check.h"
#include "counters/counters.h"

enum limit_what { LIMIT_MESSAGES, LIMIT_RECIPIENTS, LIMIT_BYTES,
	LIMIT_CONNECTIONS, LIMIT_UNKNOWN_RECIPIENTS, LIMIT_AUTH_FAILURES,
	LIMIT_ADDRESSES, LIMIT_NETWORKS, LIMIT_COUNTRIES,
	LIMIT_REMOTE_REFUSALS };

enum limit_per { LIMIT_PER_CLIENT, LIMIT_PER_NETWORK, LIMIT_PER_LOGIN,
	LIMIT_PER_SENDER, LIMIT_PER_SENDER_DOMAIN, LIMIT_PER_RECIPIENT };

struct limit_block {
	struct option_item item;	/* title: its name in records */
	int what;		/* enum limit_what */
	int per;		/* enum limit_per */
	long long amount;
	long long window;	/* ms */
	bool soft;		/* noted, never refused */
	bool suspend;		/* the login is closed when it is reached */
	long long known;	/* ms that places are remembered, 0: window */
	long long rise;		/* 0, or: nothing below so many times the usual
				   is over the limit */
};

struct limit_blocks {
	struct option_items blocks;	/* struct limit_block */
};

extern const struct option limit_options[];

struct buf;
struct diags;

/* Warns of countries that no database tells; too many are a mistake. */
void limit_blocks_ready(void *options, const struct site *site,
    struct diags *d);

bool limit_blocks_active(const void *options, const struct site *site);

/* Adds what comes at this stage and says what is over. */
void limit_blocks_run(const struct check_ctx *ctx, struct findings *found);

/* The MTA refused the recipient (status X.1.1) or a login (X.7.8). */
void limit_blocks_refused(const struct check_ctx *ctx, const char *status);

/*
 * For `saywhy login`: each limit of these options that is counted per login,
 * how many it allows, and what is in its window now. With `forget` it begins
 * anew.
 */
typedef void limit_fn(void *arg, const struct limit_block *block,
    int64_t limit, const struct counter_answer *now);
void limit_blocks_of_login(const void *options, const char *section,
    const char *login, bool forget, limit_fn *fn, void *arg);
const char *limit_what_name(const struct limit_block *block);

/* "1 hour", "90 seconds" */
void limit_put_window(struct buf *out, long long ms);

/* "recipients"; what: enum limit_what. */
const char *limit_what_words(int what);

/*
 * The mail log tells something of a login that no session shows
 * (LIMIT_AUTH_FAILURES, LIMIT_REMOTE_REFUSALS): each limit of it counts one.
 */
void limit_blocks_of_log(const void *options, const char *section,
    const struct site *site, const char *login, enum limit_what what);

/* All members of such a check but `name`, `section`, `reasons` and `run`. */
#define LIMIT_CHECK \
	.stages = STAGE_BIT(STAGE_CONNECT) | STAGE_BIT(STAGE_MAIL) | \
	    STAGE_BIT(STAGE_RCPT) | STAGE_BIT(STAGE_MESSAGE), \
	.issued_at = STAGE_RCPT, .counts = true, .needs = CHECK_NEEDS_BODY, \
	.options = limit_options, \
	.options_size = sizeof(struct limit_blocks), \
	.ready = limit_blocks_ready, \
	.active = limit_blocks_active, .refused = limit_blocks_refused

#endif
