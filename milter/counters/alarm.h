/*
 * alarm.h - a mail to the contact: somebody must look at once
 *
 * It goes to the mail server of this host by SMTP, from a thread of its own:
 * who raises it never waits, and no process is started. What cannot be handed
 * over is tried again for an hour; at most ALARMS_MAX wait. Any thread.
 */
#ifndef COUNTERS_ALARM_H
#define COUNTERS_ALARM_H

#include <stdbool.h>

#include "base/sock.h"

#define ALARMS_MAX 32

/*
 * From now on alarms go to `to` at this server (NULL: none are sent, they
 * stand in the log alone); `from` is the name of this host. All are copied.
 */
void alarm_use(const struct sock_spec *server, const char *from,
    const char *to);

/*
 * One mail of this subject and text (lines end in "\n"). False: no server is
 * configured; or, said in the log, too many wait or no thread can be had.
 */
bool alarm_raise(const char *subject, const char *text);

#endif
