/*
 * session_registry.h - which session of the milter a question at another door is about
 *
 * One smtpd(8) process serves one client at a time. Its connections to our
 * doors (milter, reply map, policy service) are all its own, and on a UNIX
 * socket the system tells which process is at the other end (SO_PEERCRED).
 * So a question from process P is about the live milter session of process P,
 * and about no other.
 *
 * The policy service has one connection for each smtpd(8), which may serve many
 * clients one after the other; what it refused last is joined by the text, too.
 *
 * Over TCP the system does not tell, so a question is joined by text and time:
 * to the one session from the same host whose refusal waits to be asked about
 * (a second at most), with the same status, the same text and the recipient
 * named in it. With two of them it is joined to none.
 *
 * Where it fails, nothing is guessed: with a system that does not tell, without a milter session (smtpd_milters empty for that client), while
 * the session's own thread is busy, or with two sessions that claim one process
 * (a proxy in between), there is no joint, and the record says so. A session
 * whose end we have not yet noticed claims nothing. While the session's own
 * thread is busy or behind, no more than connection and greeting are told; so the
 * filter has every command answered that it is told of (PLAN_ANSWERS). A process that ended and whose number another one took has lost
 * its connection, and with it its joint, before.
 */
#ifndef DOORS_SESSION_REGISTRY_H
#define DOORS_SESSION_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct engine;
struct joint;
struct session;

/*
 * The process at the other end of a UNIX socket, 0 when the system does not
 * tell.
 */
pid_t join_peer(int fd);

/* Which door the connection came to. */
enum join_door { JOIN_MILTER, JOIN_POLICY };

/*
 * A connection begins. `fd` is its socket, open until join_close(), or -1: it
 * cannot be joined. The engine (NULL: none yet) must live as long. Any thread.
 */
struct joint *join_open(enum join_door door, int fd, struct engine *e);

/* Another engine from now on, returns the old one; the joint is locked. */
struct engine *join_engine(struct joint *j, struct engine *e);

/* The process at its other end, or 0. */
pid_t join_pid(const struct joint *j);

/* The session ends; NULL: nothing. Waits for whoever holds it. */
void join_close(struct joint *j);

/* Around everything that the session's own thread does with the engine. */
void join_lock(struct joint *j);
void join_unlock(struct joint *j);

/*
 * What may be told of the session while its own thread is busy: connection and
 * greeting, as they are now. From that thread, after they changed.
 */
void join_tell(struct joint *j, const struct session *s);

/*
 * The same of the session of this process, into `s`, initialised. False: there
 * is no such session, or more than one.
 */
bool join_told(pid_t pid, struct session *s);

/*
 * The engine of the connection of this process to that door, locked;
 * join_release() *j when done. NULL when there is no such connection, more
 * than one that is not over, or it is behind, or busy until `deadline` (clock_ms()).
 */
struct engine *join_find(enum join_door door, pid_t pid, int64_t deadline,
    struct joint **j);
void join_release(struct joint *j);

/*
 * The same among the connections whose process is not known, from the host of
 * `fd`, a connected socket: the one engine for which `fits` is true. NULL when
 * there is none, or more than one.
 */
typedef bool join_fits(const struct engine *e, const void *arg);
struct engine *join_find_by_words(int fd, join_fits *fits, const void *arg,
    struct joint **j);

/* Its socket, for the above; -1: none. */
int join_socket(const struct joint *j);

/* Calls fn for every engine that is not busy, locked. */
void join_each(void (*fn)(struct engine *e, int64_t now), int64_t now);

#endif
