/*
 * sink_syslog - records as short key=value lines, facility mail; where the
 * system's log is the journal of systemd, with fields beside the line
 */

#include "records/sink.h"

#include <syslog.h>

#include "base/buf.h"
#include "base/journal_entry.h"
#include "base/log.h"
#include "base/syslog.h"

/* A sink without state; an address that is not NULL says where lines go. */
static char to_syslog, to_journal;

static void *
open_syslog(const struct record_options *opt)
{
	if (!opt->syslog)
		return NULL;
	return opt->journal && journal_entry_wanted() ? &to_journal :
	    &to_syslog;
}

static bool
emit_fields(const struct record *r, const struct record_options *opt,
    const char *line, struct buf *errmsg)
{
	struct buf entry = BUF_INIT;
	bool sent;

	record_fields(r, opt, &entry);
	sent = journal_entry_send(&entry, log_ident(), LOG_INFO, line, errmsg);
	buf_free(&entry);
	return sent;
}

static bool
emit(void *state, const struct record *r, const struct record_options *opt,
    struct buf *errmsg)
{
	struct buf line = BUF_INIT;
	bool sent;

	record_brief(r, opt, &line);
	if (state == &to_journal)
		sent = emit_fields(r, opt, line.data, errmsg);
	else if (!(sent = syslog_send(log_ident(), LOG_INFO, line.data)))
		buf_puts(errmsg, "nobody takes lines at " _PATH_LOG);
	buf_free(&line);
	return sent;
}

static void
close_syslog(void *state)
{
	(void)state;
}

const struct sink sink_syslog = {
	.name = "syslog", .open = open_syslog, .emit = emit,
	.close = close_syslog
};
