/* setup_ask - does saywhyd answer where the mail server is to ask it? */

#include "setup/setup_ask.h"

#include <stddef.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/sock.h"

#define WAIT_MS 1000

/* A socket of the service manager has no address to connect to. */
static bool
ask_one(const char *option, const char *spec, struct buf *errmsg)
{
	struct sock_spec address;
	struct buf words = BUF_INIT;
	int fd = -1;
	bool good;

	if (spec == NULL)
		return true;
	good = sock_spec_parse(spec, &address, &words) &&
	    (address.kind == SOCK_KIND_FD ||
	    (fd = sock_connect(&address, clock_ms() + WAIT_MS, &words)) >= 0);
	if (fd >= 0)
		close(fd);
	if (!good)
		buf_printf(errmsg, "nobody answers at %s = \"%s\" (%s): the "
		    "mail server would defer all mail. Start saywhyd first; "
		    "saywhy doctor tells what stands in its way", option, spec,
		    words.data);
	buf_free(&words);
	return good;
}

bool
setup_ask(const struct setup_doors *doors, struct buf *errmsg)
{
	return ask_one("listen", doors->listen, errmsg) &&
	    ask_one("reply-map", doors->reply_map, errmsg) &&
	    ask_one("policy-service", doors->policy_service, errmsg);
}
