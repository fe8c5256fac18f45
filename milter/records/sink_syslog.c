/* sink_syslog - records as short key=value lines, facility mail */

#include "records/sink.h"

#include <syslog.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/syslog.h"

/* A sink without state; any address that is not NULL means "wanted". */
static char wanted;

static void *
open_syslog(const struct record_options *opt)
{
	return opt->syslog ? &wanted : NULL;
}

static bool
emit(void *state, const struct record *r, const struct record_options *opt,
    struct buf *errmsg)
{
	struct buf line = BUF_INIT;
	bool sent;

	(void)state;
	record_brief(r, opt, &line);
	sent = syslog_send(log_ident(), LOG_INFO, line.data);
	if (!sent)
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
