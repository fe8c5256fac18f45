/*
 * join.h - which session of the milter a question at another door is about
 *
 * One smtpd(8) process serves one client at a time. Its connections to our
 * doors (milter, reply map, policy service) are all its own, and on a UNIX
 * socket the system tells which process is at the other end (SO_PEERCRED).
 * So a question from process P is about the live milter session of process P,
 * and about no other.
 *
 * Where it fails, nothing is guessed: over TCP, with a system that does not
 * tell, without a milter session (smtpd_milters empty for that client), or
 * with two sessions that claim one process, there is no joint, and the record
 * says so. A process that ended and whose number another one took has lost
 * its connection, and with it its joint, before.
 */
#ifndef DOORS_JOIN_H
#define DOORS_JOIN_H

#include <stdint.h>
#include <sys/types.h>

struct engine;
struct joint;

/*
 * The process at the other end of a UNIX socket, 0 when the system does not
 * tell.
 */
pid_t join_peer(int fd);

/*
 * A milter session begins; pid 0: it cannot be joined. The engine must live
 * until join_close(). Any thread.
 */
struct joint *join_open(pid_t pid, struct engine *e);

/* The session ends; NULL: nothing. Waits for whoever holds it. */
void join_close(struct joint *j);

/* Around everything that the session's own thread does with the engine. */
void join_lock(struct joint *j);
void join_unlock(struct joint *j);

/*
 * The engine of the session of this process, locked; join_release() *j when
 * done. NULL when there is no such session, more than one, or it is busy
 * until `deadline` (clock_ms()).
 */
struct engine *join_find(pid_t pid, int64_t deadline, struct joint **j);
void join_release(struct joint *j);

/* Calls fn for the engine of every session that is not busy, locked. */
void join_each(void (*fn)(struct engine *e));

#endif
