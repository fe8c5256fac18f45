/*
 * control_lists.h - members of `saywhy status` that are lists or counts
 *
 * Each appends members to the object that is open. An old name of a value stays
 * beside the new one for a release (NEWS).
 */
#ifndef DOORS_CONTROL_LISTS_H
#define DOORS_CONTROL_LISTS_H

struct json;

/*
 * `lists`, one object for each local list: { list, entries (null: the file does
 * not say), loaded (RFC 3339), failure (null: none) }; `dns-lists`: { list,
 * healthy, disabled (why, or null), since (RFC 3339, or null: the start),
 * queries, listed, failures }.
 */
void control_put_lists(struct json *j);

/* `scanners`: { kind, server, state, scans, failures, failure }. */
void control_put_scanners(struct json *j);

/*
 * As replymap.h and policy_service.h count them, zero where there is no such
 * door:
 *
 *	reply-map       { asked, changed, own, passed, unjoined }
 *	policy-service  { asked, refused, closed }
 */
void control_put_replies(struct json *j);

/*
 * `ships`: { ship, state, taken, refused, bad, behind, lag, failure } of each
 * block `ship "name" { }`, as post_state.h has it; lag in seconds.
 */
void control_put_ships(struct json *j);

/*
 * `exceptions`: { exception, matched }, how often each has changed the action
 * since the configuration was loaded.
 */
void control_put_exceptions(struct json *j);

#endif
