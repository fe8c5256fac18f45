/* sink_syslog - records as short key=value lines, facility mail */

#include "records/sink.h"

#include <syslog.h>

#include "base/buf.h"

/* There is nothing to keep; any address that is not NULL says "wanted". */
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

	(void)state;
	(void)errmsg;
	record_brief(r, opt, &line);
	syslog(LOG_MAIL | LOG_INFO, "%s", line.data);
	buf_free(&line);
	return true;
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
