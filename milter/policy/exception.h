/*
 * exception.h - `exception "…" { }`: for whom the policy differs
 *
 * Different keys of one exception must all match, of the values of one key any.
 * A key that is not written matches everybody. An exception whose only keys
 * are HELO, sender, port and daemon rests on what anybody can claim: it never
 * waives a finding of the relay or content section.
 */
#ifndef POLICY_EXCEPTION_H
#define POLICY_EXCEPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/net.h"
#include "base/option.h"
#include "base/strset.h"
#include "model/finding.h"
#include "model/mailset.h"
#include "model/session.h"
#include "policy/override.h"

struct diags;

struct exception {
	struct option_item item;
	struct netset clients;
	struct mailset helos;
	struct mailset senders;
	struct mailset recipients;
	struct mailset logins;
	struct option_ints ports;
	struct strset daemons;
	struct action_slot action;	/* for every reason */
	struct option_items reasons;	/* struct override, action only */
	/* built by exception_finish() */
	struct action_slot by_reason[REASONS_MAX];
	bool forgeable;
	_Atomic uint64_t matched;	/* findings that it changed since it was
					   loaded; all that ever changes */
};

extern const struct option exception_options[];

/* Looks the reason names up; reports what cannot be or does nothing. */
void exception_finish(struct exception *e, struct diags *d);

/* Is it about this session and recipient (NULL: none yet)? */
bool exception_matches(const struct exception *e, const struct session *s,
    const struct mailbox *rcpt);

/* What it says of this finding: NULL when it says nothing. */
const struct action_slot *exception_action(const struct exception *e,
    const struct finding *f);

#endif
