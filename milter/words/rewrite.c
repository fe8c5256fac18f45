/* rewrite - what somebody else says, in our words */

#include "words/rewrite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "words/reason.h"

/* Replies to AUTH and STARTTLS say so; to keep one more does no harm. */
static bool
is_about_login(const struct reply *stock)
{
	static const char *const words[] = { "authenti", "auth ", "sasl",
	    "tls" };
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcasestr(stock->lines[0], words[i]) != NULL)
			return true;
	return false;
}

static bool
is_acted_upon(const struct reply *stock)
{
	return stock->code == 421 || stock->code == 432 || stock->code == 452 ||
	    stock->code == 521 || stock->code / 10 == 53 ||
	    is_about_login(stock);
}

static struct reason_code
code_of(const struct wording *w, bool permanent)
{
	const struct reason *row = reason_get(w->reason);

	if (w->disclose == DISCLOSE_NOTHING)
		return (struct reason_code){ permanent ? 550 : 450,
		    permanent ? "5.7.0" : "4.7.0" };
	if (permanent)
		return w->permanent.code != 0 ? w->permanent : row->permanent;
	return w->temporary.code != 0 ? w->temporary : row->temporary;
}

/* None of that class, or one at which Postfix hangs up. */
static bool
is_no_choice(int code)
{
	return code == 0 || code == 421 || code == 521;
}

/* Code and status of the new reply. */
static void
choose_code(struct reply *out, const struct reply *stock,
    const struct rewrite *how)
{
	bool keep = is_acted_upon(stock);
	bool permanent = stock->code >= 500 || (how->permanent && !keep &&
	    !is_no_choice(code_of(how->wording, true).code));
	struct reason_code own = code_of(how->wording, permanent);

	keep |= is_no_choice(own.code);
	out->code = keep ? stock->code : own.code;
	if (own.status != NULL)
		snprintf(out->status, sizeof out->status, "%s", own.status);
	else if (stock->status[0] == '0' + stock->code / 100)
		memcpy(out->status, stock->status, sizeof out->status);
	else
		memcpy(out->status, permanent ? "5.0.0" : "4.0.0", 6);
}

static enum action
action_of(const struct reply *reply)
{
	return reply->code >= 500 ? ACTION_REJECT : ACTION_TEMPFAIL;
}

void
rewrite_whole(struct reply *out, const struct reply *stock,
    const struct rewrite *how)
{
	if (how->wording == NULL) {
		rewrite_add(out, stock, how, 0);
		return;
	}
	reply_clear(out);
	choose_code(out, stock, how);
	reply_put_words(out, how->wording, action_of(out), &how->facts, 0);
}

/* In a template a backslash may begin a command, and nothing undoes that. */
static void
make_plain(struct reply *reply, size_t from)
{
	char *p;

	for (; from < reply->n; from++)
		for (p = reply->lines[from]; *p != '\0'; p++)
			if (*p == '\\')
				*p = '?';
}

void
rewrite_add(struct reply *out, const struct reply *stock,
    const struct rewrite *how, int from)
{
	static const struct wording unknown = { .reason = REASON_UNRECOGNISED };
	const struct wording *w = how->wording;

	reply_copy(out, stock);
	reply_put_words(out, w != NULL ? w : &unknown, action_of(stock),
	    &how->facts, w != NULL ? from : 2);
	make_plain(out, stock->n);
}

void
rewrite_put_footer(const struct reply *reply, size_t from, struct buf *out)
{
	const char *p;
	size_t i;

	for (i = from; i < reply->n; i++) {
		if (i > from)
			buf_puts(out, "\\n");
		for (p = reply->lines[i]; *p != '\0'; p++) {
			if (*p == '$')
				buf_putc(out, '$');
			buf_putc(out, *p);
		}
	}
}
