/* index - the pages that are about no single refusal */

#include "pages/index.h"

#include <string.h>

#include "base/buf.h"
#include "pages/view.h"
#include "words/prose.h"
#include "words/reason.h"

void
index_put(const struct view *v, enum speech note)
{
	view_begin(v, NULL);
	view_say(v, "h1", SPEECH_ASK, NULL);
	if (note != SPEECH_COUNT)
		view_say(v, "p class=\"act\" role=\"status\"", note, NULL);
	view_say(v, "p class=\"lead\"", SPEECH_ASK_TEXT, NULL);
	buf_printf(v->out, "<form action=\"%s\" method=\"post\">\n", v->root);
	if (*v->chosen != '\0')
		buf_printf(v->out, "<input type=\"hidden\" name=\"l\" "
		    "value=\"%s\">\n", v->language->code);
	view_say(v, "label for=\"q\"", SPEECH_ASK_LABEL, NULL);
	buf_puts(v->out, "<textarea id=\"q\" name=\"q\" rows=\"6\" "
	    "maxlength=\"60000\" spellcheck=\"false\" required "
	    "aria-describedby=\"hint\"></textarea>\n");
	view_say(v, "small id=\"hint\"", SPEECH_ASK_HINT, NULL);
	view_say(v, "button type=\"submit\"", SPEECH_ASK_BUTTON, NULL);
	buf_puts(v->out, "</form>\n");
	view_end(v);
}

static void
put_chapter(const struct view *v, const struct prose_chapter *chapter)
{
	const struct reason_prose *prose;
	const char *title;
	const int *reason;
	bool foreign;

	title = language_chapter(v->language, chapter->title, &foreign);
	buf_printf(v->out, "<h2%s>", view_foreign(foreign));
	view_text(v, title);
	buf_puts(v->out, "</h2>\n<ul class=\"reasons\">\n");
	for (reason = chapter->reasons; *reason != REASON_NONE; reason++) {
		prose = language_prose(v->language, *reason, &foreign);
		buf_printf(v->out, "<li%s><a href=\"%s%s\">",
		    view_foreign(foreign), reason_get(*reason)->name,
		    v->chosen);
		view_text(v, prose->title);
		buf_puts(v->out, "</a></li>\n");
	}
	buf_puts(v->out, "</ul>\n");
}

void
index_put_reasons(const struct view *v)
{
	const struct prose_chapter *chapter;

	view_begin(v, v->language->words[SPEECH_ALL]);
	view_say(v, "h1", SPEECH_ALL, NULL);
	view_say(v, "p class=\"lead\"", SPEECH_ALL_TEXT, NULL);
	for (chapter = words_chapters; chapter->title != NULL; chapter++)
		put_chapter(v, chapter);
	view_end(v);
}

void
index_put_notice(const struct view *v, enum speech title, enum speech text)
{
	view_begin(v, v->language->words[title]);
	view_say(v, "h1", title, NULL);
	view_say(v, "p class=\"lead\"", text, NULL);
	buf_printf(v->out, "<p><a href=\"%s%s\">", v->root, v->chosen);
	view_say(v, "span", SPEECH_ASK, NULL);
	buf_puts(v->out, "</a></p>\n");
	view_end(v);
}
