/* refusal_page - the page of one refusal, for the sender */

#include "pages/refusal_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/mem.h"
#include "model/site.h"
#include "pages/copy.h"
#include "pages/evidence_text.h"
#include "pages/site.h"
#include "pages/view.h"
#include "records/record_read.h"
#include "words/reason.h"
#include "words/recognise.h"
#include "words/reply.h"

static bool
is_word(const struct parsed_record *t, const char *path, const char *word)
{
	const char *text = parsed_text(t, path);

	return text != NULL && strcmp(text, word) == 0;
}

static bool
is_temporary(const struct parsed_record *t)
{
	return is_word(t, "outcome", "tempfail") ||
	    is_word(t, "outcome", "deferred");
}

bool
refusal_page_is_public(const struct parsed_record *t)
{
	return is_temporary(t) || is_word(t, "outcome", "reject") ||
	    is_word(t, "outcome", "bounced");
}

/* As much of the reason as the policy lets the sender know. */
static int
parsed_reason(const struct parsed_record *t, const struct pages *p)
{
	const char *name = parsed_text(t, "reason");
	int reason = name != NULL ? reason_by_name(name) : REASON_NONE;

	if (reason == REASON_NONE)
		return REASON_UNRECOGNISED;
	if (is_word(t, "issuer", "saywhy") &&
	    p->wording[reason].disclose == DISCLOSE_NOTHING)
		return REASON_POLICY_REJECT;
	return reason;
}

static enum speech
who_speech(enum who who)
{
	switch (who) {
	case WHO_SENDER:
		return SPEECH_WHO_SENDER;
	case WHO_SENDER_ADMIN:
		return SPEECH_WHO_SENDER_ADMIN;
	case WHO_POSTMASTER:
		return SPEECH_WHO_POSTMASTER;
	case WHO_RECIPIENT:
		return SPEECH_WHO_RECIPIENT;
	case WHO_NOBODY:
		break;
	}
	return SPEECH_WHO_NOBODY;
}

/* Is it tried again? UNKNOWN: it is no refusal that was. */
enum tries { TRIES_UNKNOWN, TRIES_GO_ON, TRIES_ARE_OVER };

static void
put_steps(const struct view *v, int reason, enum tries tries)
{
	bool foreign, final = tries == TRIES_ARE_OVER;
	const struct reason_prose *prose = language_prose(v->language, reason,
	    &foreign);
	struct buf steps = BUF_INIT;

	reason_put_steps(&steps, reason, final, prose->steps,
	    foreign ? NULL : v->language->again);
	buf_printf(v->out, "<div%s>\n", view_foreign(foreign));
	view_steps(v, steps.data);
	buf_puts(v->out, "</div>\n");
	buf_free(&steps);
}

/* The box of what to do: who, and the steps; `below`: there is a text. */
static void
put_act(const struct view *v, int reason, enum tries tries, bool below)
{
	enum who who = reason_who(reason, tries == TRIES_ARE_OVER);

	buf_puts(v->out, "<section class=\"act\">\n");
	view_say(v, "h2", SPEECH_ACT, NULL);
	if (tries == TRIES_GO_ON)
		view_say(v, "p", SPEECH_LATER, NULL);
	view_say(v, "p class=\"who\"", who_speech(who), NULL);
	if (below && who == WHO_SENDER_ADMIN) {
		buf_puts(v->out, "<p><a href=\"#copy\">");
		view_say(v, "span", SPEECH_SEND_BELOW, NULL);
		buf_puts(v->out, "</a></p>\n");
	}
	put_steps(v, reason, tries);
	buf_puts(v->out, "</section>\n");
}

static void
put_head(const struct view *v, int reason)
{
	bool foreign;
	const struct reason_prose *prose = language_prose(v->language, reason,
	    &foreign);

	buf_printf(v->out, "<h1%s>", view_foreign(foreign));
	view_text(v, prose->title);
	buf_printf(v->out, "</h1>\n<p class=\"lead\"%s>",
	    view_foreign(foreign));
	view_text(v, prose->plain);
	buf_puts(v->out, "</p>\n");
}

/* Recipients are shown only to the one who is named alone. */
static void
put_recipients(const struct view *v, const struct parsed_record *t)
{
	size_t n = parsed_count(t, "recipients");
	struct buf b = BUF_INIT;
	char count[24];

	if (n == 1)
		view_row(v, SPEECH_TO, parsed_item(t, "recipients", 0));
	else if (n > 1) {
		snprintf(count, sizeof count, "%zu", n);
		language_put_plain(&b, v->language, SPEECH_TO_SEVERAL, count);
		view_row(v, SPEECH_TO, b.data);
	}
	buf_free(&b);
}

static void
put_when(const struct view *v, const struct parsed_record *t)
{
	const char *time = parsed_text(t, "time");

	buf_puts(v->out, "<div>");
	view_say(v, "dt", SPEECH_WHEN, NULL);
	buf_puts(v->out, "<dd><time datetime=\"");
	escape_put_html(v->out, time, strlen(time));
	buf_puts(v->out, "\">");
	escape_put_html(v->out, time, strnlen(time, 10));
	if (strlen(time) >= 16) {
		buf_putc(v->out, ' ');
		escape_put_html(v->out, time + 11, 5);
	}
	buf_puts(v->out, " UTC</time></dd></div>\n");
}

static void
put_refusal_page(const struct view *v, const struct parsed_record *t)
{
	bool out = is_word(t, "direction", "out"), later = is_temporary(t);
	enum speech what = out ? later ? SPEECH_REFUSAL_OUT_DELAYED :
	    SPEECH_REFUSAL_OUT_REJECTED : later ? SPEECH_REFUSAL_DELAYED :
	    SPEECH_REFUSAL_REJECTED;

	view_say(v, "p class=\"story\"", what, v->site->name);
	buf_puts(v->out, "<dl class=\"brief\">\n");
	view_row(v, SPEECH_FROM, parsed_text(t, "sender"));
	put_recipients(v, t);
	put_when(v, t);
	buf_puts(v->out, "</dl>\n");
}

static void
put_errmsg(const struct view *v, int reason)
{
	bool foreign;
	const struct reason_prose *prose = language_prose(v->language, reason,
	    &foreign);

	if (prose->page == NULL)
		return;
	buf_puts(v->out, "<section>\n");
	view_say(v, "h2", SPEECH_WHY, NULL);
	buf_printf(v->out, "<div%s>\n", view_foreign(foreign));
	view_paragraphs(v, prose->page);
	buf_puts(v->out, "</div>\n</section>\n");
}

static void
put_contact(const struct view *v, const char *id)
{
	buf_puts(v->out, "<a href=\"mailto:");
	view_text(v, v->site->contact);
	buf_printf(v->out, "?subject=%s\">", id);
	view_text(v, v->site->contact);
	buf_puts(v->out, "</a>");
}

static void
put_human(const struct view *v, const char *id)
{
	const char *words = v->language->words[SPEECH_HUMAN_TEXT];
	const char *hole = strstr(words, "{}");

	buf_puts(v->out, "<section>\n");
	view_say(v, "h2", SPEECH_HUMAN, NULL);
	buf_puts(v->out, "<p>");
	escape_put_html(v->out, words, hole != NULL ?
	    (size_t)(hole - words) : strlen(words));
	put_contact(v, id);
	if (hole != NULL)
		view_text(v, hole + 2);
	buf_puts(v->out, "</p>\n<p>");
	view_say(v, "span", SPEECH_ID, NULL);
	buf_printf(v->out, "<br><span class=\"id\">%s</span></p>\n"
	    "</section>\n", id);
}

static void
put_evidence(const struct view *v, const struct pages *p,
    const struct parsed_record *t, int reason)
{
	bool all = !is_word(t, "issuer", "saywhy") ||
	    p->wording[reason].disclose == DISCLOSE_FULL;

	buf_puts(v->out, "<section>\n");
	view_say(v, "h2", SPEECH_EVIDENCE, NULL);
	buf_puts(v->out, "<dl>\n");
	evidence_text_put_known(v, t);
	evidence_text_put(v, t, all ? reason : REASON_NONE);
	buf_puts(v->out, "</section>\n");
}

void
refusal_page_put(const struct view *v, const struct pages *p,
    const struct parsed_record *t)
{
	int reason = parsed_reason(t, p);
	bool foreign, later = is_temporary(t);

	view_begin(v, language_prose(v->language, reason, &foreign)->title);
	view_say(v, later ? "p class=\"tag later\"" : "p class=\"tag\"",
	    later ? SPEECH_DELAYED : SPEECH_REJECTED, NULL);
	put_head(v, reason);
	put_refusal_page(v, t);
	put_act(v, reason, later ? TRIES_GO_ON : TRIES_ARE_OVER, true);
	put_evidence(v, p, t, reason);
	copy_put(v, t, reason, !later);
	put_errmsg(v, reason);
	put_human(v, parsed_text(t, "id"));
	view_end(v);
}

static void
put_code(struct buf *out, const struct reason_code *c)
{
	if (c->code != 0)
		buf_printf(out, "%s%d %s", out->len > 0 ? ", " : "", c->code,
		    c->status);
}

void
refusal_page_put_reason(const struct view *v, int reason,
    const struct recognised *read)
{
	const struct reason *r = reason_get(reason);
	struct buf codes = BUF_INIT;
	enum tries tries = read == NULL ? TRIES_UNKNOWN :
	    recognised_is_final(read) ? TRIES_ARE_OVER :
	    recognised_class(read) == 4 ? TRIES_GO_ON : TRIES_UNKNOWN;
	bool foreign;

	view_begin(v, language_prose(v->language, reason, &foreign)->title);
	if (read != NULL)
		view_say(v, "p class=\"tag later\" role=\"status\"",
		    SPEECH_READ, NULL);
	put_head(v, reason);
	put_act(v, reason, tries, false);
	put_errmsg(v, reason);
	put_code(&codes, &r->permanent);
	put_code(&codes, &r->temporary);
	buf_printf(&codes, "; %s", r->rfc);
	view_say(v, "p class=\"story\"", SPEECH_OFFICIAL, codes.data);
	buf_free(&codes);
	view_end(v);
}
