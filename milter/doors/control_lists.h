/*
 * control_lists.h - the lists of the blacklist section in `saywhy status`
 */
#ifndef DOORS_CONTROL_LISTS_H
#define DOORS_CONTROL_LISTS_H

struct json;

/*
 * The member `lists` of the object that is open: one object for each local
 * list, { list, entries (null: the file does not tell), loaded (RFC 3339),
 * trouble (null: none) }.
 */
void control_put_lists(struct json *j);

#endif
