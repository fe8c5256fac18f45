/*
 * list_block.h - list "…" { }, allow "…" { } and login-list "…" { }: a local
 * list and what is looked up in it
 */
#ifndef CHECKS_LIST_BLOCK_H
#define CHECKS_LIST_BLOCK_H

#include "checks/check.h"
#include "checks/list_entries.h"

struct list;

/* What `file` holds: the name as written, and the list once it is open. */
struct list_file {
	char *name;
	struct list *list;
};

struct list_block {
	struct option_item item;
	struct list_file file;
	struct list_entries entries;	/* beside those of the file */
	bool tells;	/* comments are written for who is refused */
	/* STAGE_BIT()s: when the new facts are looked up */
	unsigned match;
};

/* Rows of a block, its finish, and the options of a check that has some. */
extern const struct option list_block_rows[];
extern const struct option list_login_rows[];
bool list_block_finish(void *item, struct buf *errmsg);
bool list_login_finish(void *item, struct buf *errmsg);

struct list_blocks {
	struct option_items blocks;	/* struct list_block */
};

/* ready and active of such a check. */
void list_blocks_ready(void *options, const struct site *site,
    struct diags *d);
bool list_blocks_active(const void *options, const struct site *site);

/* Stages at which there is something to look up. */
#define LIST_BLOCK_STAGES (STAGE_BIT(STAGE_CONNECT) | STAGE_BIT(STAGE_HELO) | \
	STAGE_BIT(STAGE_MAIL) | STAGE_BIT(STAGE_RCPT))

/*
 * Looks up the new facts in each block. A finding of this reason for each block
 * that has one; a list that cannot be searched is dnsbl-unavailable
 * (lists/list.h logs it once an hour).
 */
void list_blocks_run(const struct check_ctx *ctx, struct findings *found,
    int reason, bool waives);

/* The same of the login, where there is one. */
void list_blocks_run_login(const struct check_ctx *ctx,
    struct findings *found, int reason);

#endif
