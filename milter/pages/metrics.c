/* metrics - what a monitoring system reads */

#include "pages/metrics.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/sock.h"

#define QUESTION "metrics\n"
#define WAIT_MS 2000
#define ANSWER_MAX (1024 * 1024)
#define END "# EOF\n"

/* Line by line, until the one that OpenMetrics ends with. */
static bool
read_all(int fd, struct buf *text, int64_t deadline)
{
	size_t before;

	do {
		before = text->len;
		if (!sock_read_line(fd, text, ANSWER_MAX, deadline))
			return false;
		buf_putc(text, '\n');
	} while (strcmp(text->data + before, END) != 0 &&
	    text->len < ANSWER_MAX);
	return true;
}

static bool
ask(const char *control, struct buf *text)
{
	int64_t deadline = clock_ms() + WAIT_MS;
	struct buf errmsg = BUF_INIT;
	int fd = sock_connect_text(control, deadline, &errmsg);
	bool good = fd >= 0 && sock_write(fd, QUESTION, strlen(QUESTION),
	    deadline) && read_all(fd, text, deadline);

	if (fd >= 0)
		close(fd);
	if (!good)
		log_warn("metrics: %s: %s", control, errmsg.len > 0 ?
		    errmsg.data : "no answer");
	buf_free(&errmsg);
	return good;
}

void
metrics_answer(void *arg, const struct http_request *request,
    struct http_answer *answer)
{
	const struct metrics *m = arg;

	answer->type = "text/plain; charset=utf-8";
	answer->status = 404;
	if (strcmp(request->path, "/metrics") != 0)
		return;
	answer->type = "application/openmetrics-text; version=1.0.0; "
	    "charset=utf-8";
	answer->status = ask(m->control, &answer->body) ? 200 : 503;
	if (answer->status != 200)
		buf_clear(&answer->body);
}
