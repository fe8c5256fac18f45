/*
 * control_lists.h - the lists of the blacklist section in `saywhy status`
 */
#ifndef DOORS_CONTROL_LISTS_H
#define DOORS_CONTROL_LISTS_H

struct json;

/*
 * Two members of the object that is open: `lists`, one object for each local
 * list, { list, entries (null: the file does not tell), loaded (RFC 3339),
 * trouble (null: none) }; `dns-lists`, { list, well, aside (why it is set
 * aside, or null), since (RFC 3339, or null: the start), asked, listed,
 * trouble }.
 */
void control_put_lists(struct json *j);

#endif
