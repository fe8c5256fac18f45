/*
 * journal_entry.h - entries with fields for the journal of systemd
 *
 * Its native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL), without a library:
 * NAME=value, a line each, in one datagram. A value with a line end in it has
 * its length before it. Never waits for the reader (base/datagram.h).
 */
#ifndef BASE_JOURNAL_ENTRY_H
#define BASE_JOURNAL_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Is the log of this machine the journal? */
bool journal_entry_wanted(void);

/* Appends a field: capital letters, digits and _. NULL value: nothing. */
void journal_entry_put(struct buf *entry, const char *name, const char *value);
void journal_entry_put_n(struct buf *entry, const char *name,
    const char *value, size_t n);

/*
 * Facility mail; `priority` is one of <syslog.h>. Adds the usual fields to
 * `entry` and sends it. False: it is lost, with words in errmsg.
 */
bool journal_entry_send(struct buf *entry, const char *ident, int priority,
    const char *message, struct buf *errmsg);

/* Where to send, in place of the journal's socket; for tests. */
void journal_entry_path(const char *path);

#endif
