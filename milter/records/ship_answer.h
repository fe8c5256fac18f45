/*
 * ship_answer.h - "saywhy ship" tells who asks on this host one record
 *
 * It has loaded what speaks to a server, and the server has a process for it:
 * that is most of what a record costs "saywhy show" otherwise. The socket
 * stands beside the file that says how "saywhy ship" fares (ship_state.h), and
 * is for its own account and root.
 */
#ifndef RECORDS_SHIP_ANSWER_H
#define RECORDS_SHIP_ANSWER_H

#include <stdbool.h>

struct buf;
struct ship_answer;

/*
 * In a thread of its own, from that store, which is opened when somebody asks.
 * NULL, and a line in the log, when it cannot be. Both texts live as long.
 */
struct ship_answer *ship_answer_start(const char *state, const char *store);
void ship_answer_stop(struct ship_answer *a);		/* NULL: nothing */

/*
 * By another process: the line of the record of that id is appended. False:
 * nobody is there, or it has none; then the store itself must be asked.
 */
bool ship_answer_get(const char *state, const char *id, struct buf *line);

#endif
