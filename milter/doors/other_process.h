/*
 * other_process.h - connections whose session is in another process of ours
 *
 * After a hand-over (base/handover.h) sessions from before go on in the old
 * process, and what Postfix asks about them, it asks where it connects: of the
 * new one. Such a connection is passed on (SCM_RIGHTS) from process to process
 * of ours, to the one that has the session of the smtpd(8) at its other end
 * (session_registry.h); nobody has it: to the newest. Once that session is over
 * it comes back to the newest. So one refusal has one record, whichever process
 * is asked.
 *
 * Where the smtpd(8) is not known, over TCP, nothing is passed on.
 */
#ifndef DOORS_OTHER_PROCESS_H
#define DOORS_OTHER_PROCESS_H

#include <stdbool.h>

enum other_door { OTHER_REPLYMAP, OTHER_POLICY, OTHER_DOORS };

/*
 * Begins to pass on, once the doors serve, where there is another process; may
 * be called again when there is a successor. `adopt[door]` gets what another
 * one passes to us and owns it then, in a thread of its own. The main thread.
 */
typedef void other_adopts(int fd);
void other_process_start(other_adopts *const adopt[OTHER_DOORS]);

/*
 * Nothing is passed on any more, to us or from us; joins predecessor and
 * successor. The main thread, before the doors close.
 */
void other_process_stop(void);

/*
 * A new connection: does it belong to a session of an older process? True: that
 * one has it; `fd` is still to be closed here. Any thread.
 */
bool other_process_has(enum other_door door, int fd);

/* The same for one whose session is over here, in a process that retires. */
bool other_process_takes_back(enum other_door door, int fd);

#endif
