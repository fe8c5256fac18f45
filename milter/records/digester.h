/*
 * digester.h - the thread of "saywhy ship" that makes digests
 *
 * With a connection of its own, so that no record waits for it; of all hosts
 * that ship, one is at it. A failure is of no matter here: a report then takes
 * longer, and it is tried again.
 */
#ifndef RECORDS_DIGESTER_H
#define RECORDS_DIGESTER_H

struct digester;

/* `store` (copied) is the name of a server; NULL: there is no thread. */
struct digester *digester_start(const char *store);

/* Waits for the statement at hand. NULL: nothing. */
void digester_stop(struct digester *d);

#endif
