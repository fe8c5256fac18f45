/* post_state - how "saywhy ship NAME" fares */

#include "records/post_state.h"

#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "records/follow.h"
#include "records/post.h"

const char *const post_work_names[] = { "works", "fails", "silent" };

void
post_state_put_path(struct buf *out, const struct post_options *opt)
{
	buf_printf(out, "%s.state", opt->mark);
}

void
post_state_load(struct post_state *s, const struct post_options *opt,
    const char *file)
{
	struct buf path = BUF_INIT;

	post_state_put_path(&path, opt);
	s->work = !ship_state_load(path.data, &s->last) ? POST_SILENT :
	    s->last.failing ? POST_FAILS : POST_WORKS;
	s->behind = file != NULL ? follow_behind(file, opt->mark) : 0;
	s->lag = s->behind > 0 && s->last.newest > 0 ? clock_epoch_ms() -
	    s->last.newest : 0;
	buf_free(&path);
}

bool
post_state_complaint(const struct post_state *s,
    const struct post_options *opt, struct buf *words)
{
	const struct timespec last = { .tv_sec = (time_t)(s->last.now /
	    1000) };
	char text[CLOCK_TEXT];

	switch (s->work) {
	case POST_WORKS:
		return false;
	case POST_FAILS:
		buf_puts(words, s->last.failure);
		return true;
	case POST_SILENT:
		break;
	}
	if (s->last.now == 0)
		buf_printf(words, "nobody says that \"saywhy ship %s\" runs",
		    opt->item.title);
	else
		buf_printf(words, "\"saywhy ship %s\" has said nothing since "
		    "%.16s UTC", opt->item.title, clock_rfc3339(&last, text));
	return true;
}
