/*
 * session_registry.h - the milter session that a query at another door is about
 *
 * One smtpd(8) process serves one client at a time. Its connections to our
 * doors (milter, reply map, policy service) are all its own, and on a UNIX
 * socket the system knows which process is at the other end (SO_PEERCRED). So a
 * query from process P is about the live milter session of process P, and about
 * no other.
 *
 * The policy service has one connection for each smtpd(8), which may serve many
 * clients one after the other; its last refusal is matched by the text, too.
 *
 * Over TCP the process is not known, so a query is matched by text and time: to
 * the one session from the same host that has a pending refusal (for a second
 * at most) with the same status, the same text and the recipient named in it.
 * With two of them it matches none.
 *
 * Where this fails, nothing is guessed: on a system without SO_PEERCRED,
 * without a milter session (smtpd_milters empty for that client), while the
 * session's own thread is busy, or with two sessions that claim one process (a
 * proxy in between), there is no match, and the record says so. A session whose
 * end we have not yet noticed claims nothing. While the session's own thread is
 * busy or behind, only connection and greeting are known; so the filter answers
 * every command that it gets (PLAN_ANSWERS). A process has lost its connection,
 * and with it its registration, before another one can get its number.
 */
#ifndef DOORS_SESSION_REGISTRY_H
#define DOORS_SESSION_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct engine;
struct registered;
struct session;

/* The process at the other end of a UNIX socket, 0 when it is not known. */
pid_t registry_peer(int fd);

/* Has this process a milter session here that is not over? Any thread. */
bool registry_serves(pid_t pid);

/* Which door the connection came to. */
enum registry_door { REGISTRY_MILTER, REGISTRY_POLICY };

/*
 * A connection begins. `fd` is its socket, open until registry_close(), or -1:
     it
 * cannot be joined. The engine (NULL: none yet) must live as long. Any thread.
 */
struct registered *registry_open(enum registry_door door, int fd,
    struct engine *e);

/* Another engine from now on, returns the old one; the session is locked. */
struct engine *registry_engine(struct registered *j, struct engine *e);

/* The process at its other end, or 0. */
pid_t registry_pid(const struct registered *j);

/* The session ends; NULL: nothing. Waits until all have released it. */
void registry_close(struct registered *j);

/* Around everything that the session's own thread does with the engine. */
void registry_lock(struct registered *j);
void registry_unlock(struct registered *j);

/*
 * Publishes what is known of the session while its own thread is busy:
 * connection and greeting, as they are now. From that thread, after they
 * changed.
 */
void registry_publish(struct registered *j, const struct session *s);

/*
 * The same of the session of this process, into `s`, initialised. False: there
 * is no such session, or more than one.
 */
bool registry_snapshot(pid_t pid, struct session *s);

/*
 * The engine of the connection of this process to that door, locked;
 * registry_release() *j when done. NULL when there is no such connection, more
 * than one that is not over, or it is behind, or busy until `deadline`
 * (clock_ms()).
 */
struct engine *registry_find(enum registry_door door, pid_t pid,
    int64_t deadline, struct registered **j);
void registry_release(struct registered *j);

/*
 * The same among the connections whose process is not known, from the host of
 * `fd`, a connected socket: the one engine for which `matches` is true. NULL
 * when there is none, or more than one.
 */
typedef bool registry_matches(const struct engine *e, const void *arg);
struct engine *registry_find_by_words(int fd, registry_matches *matches,
    const void *arg, struct registered **j);

/* Its socket, for the above; -1: none. */
int registry_socket(const struct registered *j);

/* Calls fn for every engine that is not busy, locked. */
void registry_each(void (*fn)(struct engine *e, int64_t now), int64_t now);

#endif
