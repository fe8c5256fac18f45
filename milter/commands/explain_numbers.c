/* explain_numbers - what the code and the status of a reply mean, and what is
   odd about it */

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "commands/explain_show.h"
#include "commands/paragraph.h"
#include "words/code.h"

static const struct {
	unsigned flag;
	const char *words;
} odd[] = {
	{ ODD_WORDS_AND_CODE, "The numbers speak of something else than the "
	    "words. The words count: a person wrote them for this case." },
	{ ODD_TEMPORARY, "The code is a temporary one, so the sending server "
	    "tries again for days; but this does not get better by itself." },
	{ ODD_CLASS, "Code and status contradict each other: both must begin "
	    "with the same digit (RFC 2034 4). Programs go by the code." },
	{ ODD_NO_STATUS, "It gives no enhanced status, three numbers with dots "
	    "that say more exactly what is wrong (RFC 3463)." },
	{ ODD_STATUS, "Its status is not registered, or this sender uses it "
	    "in a meaning of its own." },
	{ ODD_CODE, "Its code is none of SMTP: the first digit is 2 to 5, the "
	    "second 0 to 5 (RFC 5321 4.2)." },
};

/* What an odd thing means: a sentence for people. */
static const char *
flag_words(unsigned flag)
{
	size_t i;

	for (i = 0; i < sizeof odd / sizeof odd[0]; i++)
		if (odd[i].flag == flag)
			return odd[i].words;
	return NULL;
}

static void
say(int width, const char *lead, const char *words)
{
	if (words != NULL)
		paragraph(stdout, lead, 4, width, words);
}

/* "550: …", "4yz: …" */
static void
show_code(const char *name, bool alone, int width)
{
	const struct code *c = code_find(name);
	struct buf text = BUF_INIT;

	if (c == NULL && (c = code_class(name)) != NULL)
		buf_printf(&text, "%s is no code that a standard defines; by "
		    "its first digit: ", name);
	else
		buf_printf(&text, "%s: ", name);
	if (c == NULL)
		buf_puts(&text, "no code of SMTP: replies begin with 2, 3, 4 "
		    "or 5.");
	else
		buf_printf(&text, "%s%s%s%s", c->meaning, c->rfc != NULL ?
		    " (" : "", c->rfc != NULL ? c->rfc : "",
		    c->rfc != NULL ? ")" : "");
	paragraph(stdout, "", 0, width, text.data);
	if (alone && c != NULL) {
		buf_clear(&text);
		if (c->follows != NULL)
			buf_printf(&text, "It answers: %s. ", c->follows);
		if (c->statuses != NULL)
			buf_printf(&text, "Statuses that go with it: %s.",
			    c->statuses);
		if (text.len > 0)
			say(width, "", text.data);
	}
	if (alone && c != NULL && c->mistake != NULL)
		say(width, "", c->mistake);
	if (c != NULL && c->standing != CODE_STANDARD && c->instead != NULL) {
		buf_clear(&text);
		buf_printf(&text, "A server should say instead: %s",
		    c->instead);
		say(width, "", text.data);
	}
	buf_free(&text);
}

/* Meanings that providers give a status on their own. */
static void
show_vendors(const char *status, const char *software, bool alone, int width)
{
	const struct vendor_status *v;
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; (v = vendor_find(status, alone ? NULL : software, i)) !=
	    NULL && (alone || software != NULL); i++) {
		buf_clear(&text);
		buf_printf(&text, "From %s it means: %s", v->issuer,
		    v->meaning);
		say(width, "", text.data);
	}
	buf_free(&text);
}

static void
show_status(const struct recognised *r, bool alone, int width)
{
	const struct status *s = status_nearest(r->status);
	struct buf text = BUF_INIT;

	if (s == NULL)
		return;
	if (!status_registered(r->status) && strchr(r->status, 'Y') == NULL)
		buf_printf(&text, "%s is not registered. %s tells: ",
		    r->status, s->status);
	else
		buf_printf(&text, "%s: ", r->status);
	buf_printf(&text, "%s%s%s%s", s->meaning, s->rfc != NULL ? " (" : "",
	    s->rfc != NULL ? s->rfc : "", s->rfc != NULL ? ")" : "");
	paragraph(stdout, "", 0, width, text.data);
	if (alone && s->note != NULL)
		say(width, "", s->note);
	if (alone && s->codes != NULL) {
		buf_clear(&text);
		buf_printf(&text, "Codes that the registry puts beside it: %s",
		    s->codes);
		say(width, "", text.data);
	}
	show_vendors(r->status, r->software, alone, width);
	buf_free(&text);
}

void
explain_show_numbers(const struct explained *e, int width)
{
	const struct recognised *r = &e->r;
	char code[8];
	unsigned flag;

	if (e->is_code)
		show_code(e->text, true, width);
	else if (r->code != 0) {
		snprintf(code, sizeof code, "%d", r->code);
		show_code(code, false, width);
	}
	if (r->status[0] != '\0')
		show_status(r, e->is_status, width);
	for (flag = 1; flag_words(flag) != NULL; flag <<= 1)
		if ((r->flags & flag) != 0)
			paragraph(stdout, "Odd:", 5, width,
			    flag_words(flag));
}
