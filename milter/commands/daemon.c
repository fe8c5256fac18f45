/* daemon - what the running saywhyd reports at its control socket */

#include "commands/daemon.h"

#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/sock.h"
#include "doors/control.h"

#define WAIT_MS 5000
#define ANSWER_MAX 65536

bool
daemon_ask(const char *spec, struct buf *answer, struct buf *errmsg)
{
	return daemon_ask_about(spec, CONTROL_STATUS, answer, errmsg);
}

bool
daemon_ask_about(const char *spec, const char *question, struct buf *answer,
    struct buf *errmsg)
{
	int64_t deadline = clock_ms() + WAIT_MS;
	struct sock_spec place;
	bool good;
	int fd;

	if (!sock_spec_parse(spec, &place, errmsg))
		return false;
	fd = sock_connect(&place, deadline, errmsg);
	if (fd < 0)
		return false;
	good = sock_write(fd, question, strlen(question), deadline) &&
	    sock_read_line(fd, answer, ANSWER_MAX, deadline);
	close(fd);
	if (!good)
		buf_printf(errmsg, "%s: no answer", spec);
	return good;
}

const char *
daemon_after(const char *json, const char *key)
{
	struct buf quoted = BUF_INIT;
	const char *at;

	buf_printf(&quoted, "\"%s\":", key);
	at = strstr(json, quoted.data);
	if (at != NULL)
		at += quoted.len;
	buf_free(&quoted);
	return at != NULL ? at : "";
}
