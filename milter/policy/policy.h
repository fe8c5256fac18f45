/*
 * policy.h - findings become a decision; pure
 *
 * The admin's policy for every reason: what to do, what to say, and for whom
 * not. Read only once built. policy_decide() has no effects beside its result.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/option.h"
#include "model/action.h"
#include "model/finding.h"
#include "model/session.h"
#include "model/site.h"
#include "policy/exception_index.h"
#include "policy/override.h"
#include "words/reply.h"

struct diags;

enum mode { MODE_OBSERVE, MODE_ENFORCE };
extern const char *const mode_names[];

struct policy {
	int mode;		/* enum mode; after the next one's time */
	long long enforce_after;	/* seconds since 1970; 0: never */
	int issued_at;		/* enum issued_at of policy.c */
	struct option_items reasons;	/* struct override */
	struct option_items exceptions;	/* struct exception */
	bool permanent[REASONS_MAX];	/* what the MTA defers for it is
					   refused; the reply map only */
	struct option_ints pass;	/* codes of the MTA left as they are */
	/* built from those by policy_finish() */
	const struct site *site;
	enum action action[REASONS_MAX];
	struct stage_slot issued[REASONS_MAX];	/* what a reason's own
					   issue-at says */
	struct wording wording[REASONS_MAX];
	struct exception_index by_key;	/* of the exceptions */
};

/* Option rows at the top of the file that belong to the policy. */
extern const struct option policy_options[];

/*
 * After the options are read: looks every block up, reports what cannot be
 * (an action whose code the reason does not have, forgeable waivers: a
 * warning) and fills the tables. `site` must outlive the policy. With
 * enforce_after set the mode is that of now: who loads it again when that time
 * has come has the other.
 */
void policy_finish(struct policy *p, const struct site *site,
    struct diags *d);
void policy_clear(struct policy *p);

#define DECISION_ALSO_MAX 16

struct verdict {
	const struct finding *finding;
	enum action action;	/* after overrides, exceptions, exemptions */
	const char *exception;	/* name of the one that changed it, or NULL */
	struct exception *changed_by;	/* the same one */
};

struct exception;

struct decision {
	enum action wanted;	/* what the policy says */
	enum action taken;	/* what is done: NOTE where mode observes */
	/* the finding that decides; finding NULL: none */
	struct verdict because;
	struct verdict also[DECISION_ALSO_MAX];	/* the others, not OFF */
	size_t nalso;
	/* Exceptions that changed a verdict, each once for a finding. */
	struct exception *changed_by[DECISION_ALSO_MAX];
	size_t nchanged;
};

/*
 * Decides what is issued at this stage. MAIL, RCPT: for the recipient at RCPT
 * if there is one. MESSAGE: the strictest that any accepted recipient would
 * get. Findings are pointed at, not copied: the decision lives as long as the
 * list stays unchanged.
 */
void policy_decide(const struct policy *p, const struct session *s,
    const struct findings *found, enum stage stage, struct decision *d);

/* Counts the exceptions that made this decision; any thread. */
void policy_count(const struct decision *d);

/* The stage at which a refusal for this finding is issued under this policy. */
enum stage policy_issuing_stage(const struct policy *p,
    const struct finding *f);

/* May any check that gives this reason stay unrun? OFF and no exception
 * turns it on. */
bool policy_ignores(const struct policy *p, int reason);

/* Can a finding of this reason end as mark or quarantine? */
bool policy_may_mark(const struct policy *p, int reason);

#endif
