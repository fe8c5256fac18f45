/*
 * syslog.h - lines to the system's log that never wait for its reader
 *
 * syslog(3) blocks for as long as nobody reads /dev/log. Here a line is one
 * datagram (RFC 3164; base/datagram.h). Any thread may call.
 */
#ifndef BASE_SYSLOG_H
#define BASE_SYSLOG_H

#include <stdbool.h>
#include <stdint.h>

/* Facility mail. `priority` is one of <syslog.h>. False: the line is lost. */
bool syslog_send(const char *ident, int priority, const char *text);

/* Where to send, in place of _PATH_LOG; for tests. The text must live on. */
void syslog_path(const char *path);

#endif
