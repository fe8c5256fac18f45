/* view - the frame of every page, and small parts of it */

#include "pages/view.h"

#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "model/site.h"

void
view_text(const struct view *v, const char *text)
{
	escape_put_html(v->out, text, strlen(text));
}

static void
say(const struct view *v, enum speech what)
{
	language_put(v->out, v->language, what, NULL);
}

void
view_begin(const struct view *v, const char *title)
{
	buf_printf(v->out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"robots\" content=\"noindex\">\n<title>",
	    v->language->code);
	if (title != NULL) {
		view_text(v, title);
		buf_puts(v->out, " - ");
	}
	say(v, SPEECH_TITLE);
	buf_printf(v->out, "</title>\n<link rel=\"stylesheet\" "
	    "href=\"%sstyle.css\">\n</head>\n<body>\n"
	    "<a class=\"skip\" href=\"#main\">", v->root);
	say(v, SPEECH_SKIP);
	buf_printf(v->out, "</a>\n<header><a class=\"site\" href=\"%s%s\">",
	    v->root, v->chosen);
	view_text(v, v->site->name);
	buf_printf(v->out, "</a> <a href=\"%sreason/%s\">", v->root,
	    v->chosen);
	say(v, SPEECH_ALL);
	buf_puts(v->out, "</a></header>\n<main id=\"main\">\n"
	    "<div class=\"sheet\">\n");
}

static void
put_languages(const struct view *v)
{
	const struct language *l;

	for (l = languages; l->code != NULL; l++)
		if (l == v->language)
			buf_printf(v->out, " <span lang=\"%s\" "
			    "aria-current=\"true\">%s</span>", l->code,
			    l->words[SPEECH_LANGUAGE]);
		else
			buf_printf(v->out, " <a lang=\"%s\" hreflang=\"%s\" "
			    "href=\"?l=%s\">%s</a>", l->code, l->code,
			    l->code, l->words[SPEECH_LANGUAGE]);
}

void
view_end(const struct view *v)
{
	buf_puts(v->out, "</div>\n</main>\n<footer>\n<p>");
	say(v, SPEECH_FOOT);
	buf_puts(v->out, "</p>\n<nav>");
	put_languages(v);
	buf_puts(v->out, "</nav>\n</footer>\n</body>\n</html>\n");
}

void
view_say(const struct view *v, const char *tag, enum speech what,
    const char *value)
{
	buf_printf(v->out, "<%s>", tag);
	language_put(v->out, v->language, what, value);
	buf_printf(v->out, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

void
view_row(const struct view *v, enum speech label, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	buf_puts(v->out, "<div>");
	view_say(v, "dt", label, NULL);
	buf_puts(v->out, "<dd>");
	view_text(v, value);
	buf_puts(v->out, "</dd></div>\n");
}

void
view_paragraphs(const struct view *v, const char *text)
{
	const char *end;

	for (; *text != '\0'; text = end + strspn(end, "\n")) {
		end = strstr(text, "\n\n");
		if (end == NULL)
			end = text + strlen(text);
		buf_puts(v->out, "<p>");
		escape_put_html(v->out, text, (size_t)(end - text));
		buf_puts(v->out, "</p>\n");
	}
}

void
view_steps(const struct view *v, const char *steps)
{
	size_t n;

	buf_puts(v->out, "<ol>\n");
	for (; *steps != '\0'; steps += n + (steps[n] == '\n')) {
		n = strcspn(steps, "\n");
		buf_puts(v->out, "<li>");
		escape_put_html(v->out, steps, n);
		buf_puts(v->out, "</li>\n");
	}
	buf_puts(v->out, "</ol>\n");
}

const char *
view_foreign(bool foreign)
{
	return foreign ? " lang=\"en\"" : "";
}
