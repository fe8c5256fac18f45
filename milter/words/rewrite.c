/* rewrite - what somebody else says, in our words */

#include "words/rewrite.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "words/mta_words.h"
#include "words/reason.h"
#include "words/template.h"

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
	    stock->code == 458 || stock->code == 459 ||
	    stock->code == 521 || stock->code / 10 == 53 ||
	    (stock->code != 554 && is_about_login(stock));
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

static void
keep_status(struct reply *out, const struct reply *stock, bool permanent)
{
	if (stock->status[0] == '0' + stock->code / 100)
		memcpy(out->status, stock->status, sizeof out->status);
	else
		memcpy(out->status, permanent ? "5.0.0" : "4.0.0", 6);
}

static void
set_status(struct reply *out, const char *status)
{
	snprintf(out->status, sizeof out->status, "%s", status);
}

/* Those who refuse with 4yz what our own 4yz of the reason does not mean. */
static bool
means_other(int reason, bool permanent)
{
	return !permanent && (reason == REASON_MAILBOX_UNKNOWN ||
	    reason == REASON_TLS_REQUIRED);
}

/* Says it nothing but that something is wrong with the talk, or nothing? */
static bool
is_empty(const char *status)
{
	return *status == '\0' || strcmp(status + 1, ".0.0") == 0 ||
	    strcmp(status + 1, ".5.0") == 0;
}

/* The reason has none of this class: that of the other, if ours tells more. */
static void
choose_status(struct reply *out, const struct reply *stock,
    const struct rewrite *how, bool permanent)
{
	struct reason_code other = code_of(how->wording, !permanent);

	keep_status(out, stock, permanent);
	if (other.status == NULL || !is_empty(stock->status) ||
	    means_other(how->wording->reason, permanent))
		return;
	set_status(out, other.status);
	out->status[0] = permanent ? '5' : '4';
}

/* 501 is for an AUTH that was broken off, not for wrong credentials. */
static bool
is_abort(const struct reply *stock, int reason)
{
	return stock->code == 501 && reason == REASON_AUTH_FAILED;
}

/* Code and status of the new reply. */
static void
choose_code(struct reply *out, const struct reply *stock,
    const struct rewrite *how)
{
	bool keep = is_acted_upon(stock) || (how->greeting &&
	    stock->code == 554);
	bool permanent = stock->code >= 500 || (how->permanent && !keep &&
	    !is_no_choice(code_of(how->wording, true).code));
	struct reason_code own = code_of(how->wording, permanent);

	if (means_other(how->wording->reason, permanent) ||
	    is_abort(stock, how->wording->reason))
		own = (struct reason_code){ .code = 0 };
	keep |= is_no_choice(own.code);
	out->code = keep ? stock->code : own.code;
	if (own.status != NULL)
		set_status(out, own.status);
	else
		choose_status(out, stock, how, permanent);
}

/* Nobody waits for what is no message. */
static enum action
action_of(const struct reply *reply, const struct rewrite *how)
{
	return reply->code >= 500 || how->facts.question ? ACTION_REJECT :
	    ACTION_TEMPFAIL;
}

/* What is said: the words of the admin, of the sentence, of the reason. */
static struct wording
wording_of(const struct rewrite *how, enum action action)
{
	struct wording unknown = { .reason = REASON_UNRECOGNISED };
	const struct mta_words *known = how->known;
	struct wording w = *how->wording;

	if (known == NULL)
		return w;
	if (!known->sure) {
		unknown.remedy = action == ACTION_TEMPFAIL ? known->later :
		    known->remedy;
		return unknown;
	}
	if (w.text == NULL)
		w.text = known->text;
	if (w.remedy == NULL)
		w.remedy = action == ACTION_TEMPFAIL ? known->later :
		    known->remedy;
	return w;
}

/* The first line and what others say of it; false: that is too long. */
static bool
quote(struct reply *out, const struct captured *words)
{
	struct buf line = BUF_INIT;
	size_t n = strlen(out->lines[0]);

	if (words->text == NULL)
		return true;
	if (n + words->n + 2 > REPLY_FIRST_MAX)
		return false;
	while (n > 0 && out->lines[0][n - 1] == '.')
		n--;
	buf_put(&line, out->lines[0], n);
	buf_puts(&line, ": ");
	template_put_safe(&line, words->text, words->n);
	mem_replace(&out->lines[0], line.data);
	buf_free(&line);
	return true;
}

/* The words stay and ours follow. */
static void
keep_words(struct reply *out, const struct reply *stock,
    const struct rewrite *how)
{
	rewrite_add(out, stock, how);
	if (*stock->status != '\0')
		keep_status(out, stock, stock->code >= 500);
	if (how->known->sure && !reply_status_tells(stock->status) &&
	    (stock->n == 1 || *stock->status != '\0'))
		choose_code(out, stock, how);
}

void
rewrite_whole(struct reply *out, const struct reply *stock,
    const struct rewrite *how)
{
	const struct mta_words *known = how->known;
	struct wording w;

	if (!known->own || !known->sure) {
		keep_words(out, stock, how);
		return;
	}
	reply_clear(out);
	choose_code(out, stock, how);
	w = wording_of(how, action_of(out, how));
	reply_put_words(out, &w, action_of(out, how), &how->facts, 0);
	if (w.disclose == DISCLOSE_FULL && !quote(out, &known->quoted))
		keep_words(out, stock, how);
}

/* "mail desk@example.org": an address alone may be one that was refused. */
static bool
says_mail_to(const char *line)
{
	size_t n;

	while ((line = strcasestr(line, "mail ")) != NULL) {
		line += strlen("mail ");
		n = strcspn(line, " ");
		if (memchr(line, '@', n) != NULL)
			return true;
	}
	return false;
}

/* Does a word begin there? "use " is no part of "because ". */
static bool
begins_word(const char *line, const char *at)
{
	unsigned char before = at > line ? (unsigned char)at[-1] : ' ';

	return before < 0x80 && !isalnum(before);
}

static bool
has_word(const char *line, const char *word)
{
	const char *at = line;

	while ((at = strcasestr(at, word)) != NULL && !begins_word(line, at))
		at++;
	return at != NULL;
}

/* Words of an admin that tell what to do or whom to ask. */
static bool
names_way(const struct reply *reply)
{
	static const char *const words[] = { "http://", "https://", "www.",
		"call ", "phone", "telephone", "tel.", "tel:", "extension",
		"contact", "write to", "mail to", "mailto:", "ask ", "please ",
		"use ", "see ", "visit ", "register ", "bitte ", "siehe ",
		"wenden", "durchwahl", "voir ", "appele", "llame ",
		"chiamare" };
	size_t i, j;

	for (i = 0; i < reply->n; i++) {
		if (says_mail_to(reply->lines[i]))
			return true;
		for (j = 0; j < sizeof words / sizeof words[0]; j++)
			if (has_word(reply->lines[i], words[j]))
				return true;
	}
	return false;
}

/* What a list or an SPF record says is no way, but where to read more. */
static bool
can_name_way(int reason)
{
	const enum who who = reason_get(reason)->who;

	return reason != REASON_UNRECOGNISED && (who == WHO_POSTMASTER ||
	    who == WHO_SENDER || who == WHO_RECIPIENT);
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

/* Our first line adds to what an MTA says of itself, not to others' words. */
void
rewrite_add(struct reply *out, const struct reply *stock,
    const struct rewrite *how)
{
	const struct mta_words *known = how->known;
	const struct wording w = wording_of(how, action_of(stock, how));
	bool own = known != NULL && known->own && known->sure;
	struct reply_facts facts = how->facts;

	facts.others_say = known != NULL && !own && can_name_way(w.reason) &&
	    names_way(stock);
	reply_copy(out, stock);
	reply_put_words(out, &w, action_of(stock, how), &facts, own ? 0 : 1);
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
