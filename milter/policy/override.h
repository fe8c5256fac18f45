/*
 * override.h - `reason "…" { }`: the admin's policy for one reason
 *
 * At the top of the file it sets what is done and said; inside an exception
 * only what is done. Every value is checked against the reason's row while it
 * is read, so a mistake is reported at its own line.
 */
#ifndef POLICY_OVERRIDE_H
#define POLICY_OVERRIDE_H

#include "base/option.h"
#include "model/action.h"
#include "model/stage.h"
#include "words/reply.h"

struct diags;

/* What an `action = ` says. */
struct action_slot {
	bool set;
	enum action action;
};

/* What the admin changes of a reason's code: 0, NULL: nothing. */
struct code_change {
	int code;
	char *status;	/* owned */
};

/* What an `issue-at = ` says. */
struct stage_slot {
	bool set;
	enum stage stage;
};

struct override {
	struct option_item item;	/* title: the reason's name */
	struct action_slot action;
	struct stage_slot issued_at;
	struct code_change code[2];	/* permanent, temporary */
	char *text;
	char *remedy;
	int disclose;			/* enum disclose */
};

/* Rows of `reason` at the top, and of `reason` inside an exception. */
extern const struct option override_options[];
extern const struct option override_action_options[];

/* parse of an `action =` that is for every reason (no title to check). */
bool override_parse_any_action(void *base, void *slot, const char *value,
    struct buf *errmsg);

/*
 * The reason a block is about, or REASON_NONE after reporting that there is
 * no reason of this name.
 */
int override_reason(const struct override *o, struct diags *d);

/* finish of the group: code and status must be one pair. */
bool override_finish(void *item, struct buf *errmsg);

/* Fills in what the block changes. */
void override_apply(const struct override *o, enum action *action,
    struct wording *wording);

#endif
