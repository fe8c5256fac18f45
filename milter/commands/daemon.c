/* daemon - what the running saywhyd reports at its control socket */

#include "commands/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/sock.h"
#include "doors/control.h"

#define WAIT_MS 5000
#define ANSWER_MAX (64 << 20)

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
	int fd = sock_connect_text(spec, deadline, errmsg);
	bool good;

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

static void
put_member(const char *json, const char *key, struct buf *out)
{
	const char *at = daemon_after(json, key);

	buf_put(out, at, strcspn(at, ",}"));
}

/* True: it has loaded since; false: not within five seconds. */
static bool
was_loaded(const char *spec, const char *before, bool *good)
{
	const int64_t end = clock_ms() + WAIT_MS;
	struct buf status = BUF_INIT, time = BUF_INIT, ignored = BUF_INIT;
	bool loaded = false;

	while (!loaded && clock_ms() < end) {
		usleep(100000);
		buf_clear(&status);
		buf_clear(&time);
		if (!daemon_ask(spec, &status, &ignored))
			continue;
		put_member(daemon_after(status.data, "reload"), "time",
		    &time);
		loaded = strcmp(time.data, before) != 0;
		*good = strncmp(daemon_after(daemon_after(status.data,
		    "reload"), "good"), "true", 4) == 0;
	}
	buf_free(&status);
	buf_free(&time);
	buf_free(&ignored);
	return loaded;
}

bool
daemon_reload(const char *spec, struct buf *errmsg)
{
	struct buf status = BUF_INIT, before = BUF_INIT;
	bool good = false;
	long pid;

	if (daemon_ask(spec, &status, errmsg)) {
		put_member(daemon_after(status.data, "reload"), "time",
		    &before);
		pid = strtol(daemon_after(status.data, "pid"), NULL, 10);
		if (pid <= 1 || kill((pid_t)pid, SIGHUP) != 0)
			buf_printf(errmsg, "process %ld: %s", pid,
			    strerror(errno));
		else if (!was_loaded(spec, before.data, &good))
			buf_puts(errmsg, "saywhyd does not say that it read "
			    "its configuration again");
		else if (!good)
			buf_puts(errmsg, "saywhyd goes on with the "
			    "configuration that it had; saywhy status tells "
			    "the mistake");
	}
	buf_free(&status);
	buf_free(&before);
	return errmsg->len == 0;
}
