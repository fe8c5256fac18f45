/* copy - a text to send to one's mail admin */

#include "pages/copy.h"

#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "model/site.h"
#include "pages/view.h"
#include "records/record_read.h"

static void
put_line(struct buf *out, const struct view *v, enum speech label,
    const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	language_put_plain(out, v->language, label, NULL);
	buf_puts(out, ": ");
	escape_put(out, value, strlen(value));
	buf_putc(out, '\n');
}

static void
put_facts(struct buf *out, const struct view *v, const struct parsed_record *t)
{
	put_line(out, v, SPEECH_FROM, parsed_text(t, "sender"));
	if (parsed_count(t, "recipients") == 1)
		put_line(out, v, SPEECH_TO, parsed_item(t, "recipients", 0));
	put_line(out, v, SPEECH_WHEN, parsed_text(t, "time"));
	put_line(out, v, SPEECH_SERVER, v->site->name);
	put_line(out, v, SPEECH_CLIENT, parsed_text(t, "client.address"));
	put_line(out, v, SPEECH_HELO, parsed_text(t, "helo"));
}

static void
put_reply(struct buf *out, const struct view *v, const struct parsed_record *t)
{
	const char *status = parsed_text(t, "reply.status"), *line;
	size_t i;

	buf_putc(out, '\n');
	language_put_plain(out, v->language, SPEECH_REPLY, NULL);
	buf_puts(out, ":\n");
	for (i = 0; i < parsed_count(t, "reply.lines"); i++) {
		line = parsed_item(t, "reply.lines", i);
		buf_puts(out, "  ");
		if (parsed_int(t, "reply.code", 0) != 0)
			buf_printf(out, "%lld ", parsed_int(t, "reply.code",
			    0));
		if (status != NULL)
			buf_printf(out, "%s ", status);
		if (line != NULL)
			escape_put(out, line, strlen(line));
		buf_putc(out, '\n');
	}
}

static void
put_remedy(struct buf *out, const struct view *v, int reason, bool final)
{
	bool foreign;
	const struct reason_prose *prose = language_prose(v->language, reason,
	    &foreign);
	struct buf steps = BUF_INIT;
	const char *step;
	size_t n;
	int i = 1;

	reason_put_steps(&steps, reason, final, prose->steps,
	    foreign ? NULL : v->language->again);
	buf_printf(out, "\n%s\n\n", prose->plain);
	language_put_plain(out, v->language, SPEECH_COPY_DO, NULL);
	for (step = steps.data; *step != '\0'; step += n + (step[n] == '\n')) {
		n = strcspn(step, "\n");
		buf_printf(out, "\n%d. %.*s", i++, (int)n, step);
	}
	buf_putc(out, '\n');
	buf_free(&steps);
}

static void
put_text(struct buf *out, const struct view *v, const struct parsed_record *t,
    int reason, bool final)
{
	language_put_plain(out, v->language, SPEECH_COPY_INTRO, NULL);
	buf_puts(out, "\n\n");
	put_facts(out, v, t);
	put_reply(out, v, t);
	put_remedy(out, v, reason, final);
	buf_putc(out, '\n');
	put_line(out, v, SPEECH_ID, parsed_text(t, "id"));
}

void
copy_put(const struct view *v, const struct parsed_record *t, int reason,
    bool final)
{
	struct buf text = BUF_INIT;
	const char *p;
	size_t n;

	buf_puts(v->out, "<section>\n");
	view_say(v, "h2 id=\"copy\"", SPEECH_COPY, NULL);
	view_say(v, "p id=\"copy-hint\"", SPEECH_COPY_HINT, NULL);
	put_text(&text, v, t, reason, final);
	buf_puts(v->out, "<textarea class=\"text\" rows=\"12\" readonly "
	    "aria-labelledby=\"copy\" aria-describedby=\"copy-hint\">\n");
	for (p = text.data; *p != '\0'; p += n + (p[n] == '\n')) {
		n = strcspn(p, "\n");
		escape_put_html(v->out, p, n);
		buf_putc(v->out, '\n');
	}
	buf_puts(v->out, "</textarea>\n</section>\n");
	buf_free(&text);
}
