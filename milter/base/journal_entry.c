/* journal_entry - entries with fields for the journal of systemd */

#include "base/journal_entry.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/datagram.h"

#define FOLDER "/run/systemd/journal/"
#define JOURNAL FOLDER "socket"

static struct datagram to = DATAGRAM_INIT(JOURNAL);

void
journal_entry_path(const char *path)
{
	datagram_to(&to, path);
}

/* systemd makes a link of /dev/log, to a socket of the journal. */
bool
journal_entry_wanted(void)
{
	char target[64];
	ssize_t n = readlink(_PATH_LOG, target, sizeof target);

	return n > (ssize_t)strlen(FOLDER) &&
	    strncmp(target, FOLDER, strlen(FOLDER)) == 0 &&
	    access(to.path, W_OK) == 0;
}

void
journal_entry_put_n(struct buf *entry, const char *name, const char *value,
    size_t n)
{
	int byte;

	buf_puts(entry, name);
	if (memchr(value, '\n', n) == NULL) {
		buf_putc(entry, '=');
	} else {
		buf_putc(entry, '\n');
		for (byte = 0; byte < 8; byte++)
			buf_putc(entry, (char)((uint64_t)n >> 8 * byte));
	}
	buf_put(entry, value, n);
	buf_putc(entry, '\n');
}

void
journal_entry_put(struct buf *entry, const char *name, const char *value)
{
	if (value != NULL)
		journal_entry_put_n(entry, name, value, strlen(value));
}

static void
put_number(struct buf *entry, const char *name, long number)
{
	buf_printf(entry, "%s=%ld\n", name, number);
}

bool
journal_entry_send(struct buf *entry, const char *ident, int priority,
    const char *message, struct buf *errmsg)
{
	journal_entry_put(entry, "MESSAGE", message);
	put_number(entry, "PRIORITY", priority);
	put_number(entry, "SYSLOG_FACILITY", LOG_MAIL >> 3);
	journal_entry_put(entry, "SYSLOG_IDENTIFIER", ident);
	put_number(entry, "SYSLOG_PID", (long)getpid());
	if (datagram_send(&to, entry->data, entry->len))
		return true;
	buf_printf(errmsg, "the journal takes no entries: %s",
	    strerror(errno));
	return false;
}
