/* explain_show - an explanation for people */

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "commands/command.h"
#include "commands/explain_show.h"
#include "commands/paragraph.h"
#include "words/reason.h"

#define SHORT_TEXT 300	/* of a reply that is repeated in the heading */

static const char *const who_words[] = {
	[WHO_SENDER] = "the person who sent the message",
	[WHO_SENDER_ADMIN] = "the mail admin of the sender",
	[WHO_POSTMASTER] = "the mail admin of the server that said this",
	[WHO_RECIPIENT] = "the recipient",
	[WHO_NOBODY] = "nobody, waiting is enough",
};

static const char *const sure_words[] = {
	[RECOGNISED_UNKNOWN] = "unknown",
	[RECOGNISED_GUESS] = "a guess, for the reply says little",
	[RECOGNISED_LIKELY] = "likely",
	[RECOGNISED_SURE] = "sure",
};

static const char *const capture_words[CAPTURE_COUNT] = {
	[CAPTURE_ADDRESS] = "address",
	[CAPTURE_DOMAIN] = "host or domain",
	[CAPTURE_IP] = "IP address",
	[CAPTURE_ZONE] = "list",
	[CAPTURE_LIMIT] = "limit",
	[CAPTURE_RETRY] = "time to wait",
	[CAPTURE_URL] = "link",
};

static void
heading(const struct explained *e, int width)
{
	struct buf text = BUF_INIT;
	const char *p;

	for (p = e->text; *p != '\0' && text.len < SHORT_TEXT; p++)
		buf_putc(&text, *p == '\n' || *p == '\r' || *p == '\t' ? ' ' :
		    *p);
	if (*p != '\0')
		buf_puts(&text, " ...");
	if (command_colour())
		fputs("\033[1m", stdout);
	paragraph(stdout, "", 0, width, text.data);
	if (command_colour())
		fputs("\033[0m", stdout);
	puts("");
	buf_free(&text);
}

/* "Who must act: …" and what that person does, a step a line. */
static void
steps(enum who who, const char *text, int width)
{
	struct buf step = BUF_INIT;
	size_t n;

	printf("\nWho must act: %s\n", who_words[who]);
	for (; *text != '\0'; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		buf_clear(&step);
		buf_put(&step, text, n);
		paragraph(stdout, "  - ", 4, width, step.data);
	}
	buf_free(&step);
}

static void
named(const struct explained *e, int width)
{
	const struct recognised *r = &e->r;
	struct buf text = BUF_INIT;
	const char *glue = "";
	enum capture c;

	if (e->recipient != NULL)
		buf_printf(&text, "This is about mail to %s. ", e->recipient);
	if (r->software != NULL)
		buf_printf(&text, "Written by: %s. ", r->software);
	for (c = 0; c < CAPTURE_COUNT; c++) {
		if (r->captured[c].text == NULL)
			continue;
		buf_printf(&text, "%s%s %.*s", *glue == '\0' ?
		    "It names: " : glue, capture_words[c],
		    (int)r->captured[c].n, r->captured[c].text);
		glue = ", ";
	}
	if (text.len > 0) {
		puts("");
		paragraph(stdout, "", 0, width, text.data);
	}
	buf_free(&text);
}

/* Is the message lost or under way? By the class of the reply alone. */
static void
outcome(const struct recognised *r, int width)
{
	bool final = recognised_is_final(r);

	if (!final && recognised_class(r) != 4)
		return;
	puts("");
	paragraph(stdout, "", 2, width, final ? "It is refused for good: as a "
	    "rule the sending server does not try again, and tells the "
	    "sender." : "It is refused for the moment: as a rule the sending "
	    "server keeps the message and tries again by itself.");
}

static void
show_reply(const struct explained *e, int width)
{
	const struct reason_prose *p = reason_prose(e->r.reason);
	const struct reason *reason = reason_get(e->r.reason);
	struct buf text = BUF_INIT, what = BUF_INIT;

	buf_printf(&text, "%s. (%s; %s)", p->title, reason->name,
	    sure_words[e->r.confidence]);
	paragraph(stdout, "", 0, width, text.data);
	puts("");
	paragraph(stdout, "", 2, width, p->page);
	outcome(&e->r, width);
	explain_put_steps(&what, e);
	steps(reason_who(e->r.reason, recognised_is_final(&e->r)), what.data,
	    width);
	buf_free(&what);
	named(e, width);
	puts("");
	explain_show_numbers(e, width);
	buf_clear(&text);
	buf_printf(&text, "The ground for such a refusal: %s. More: saywhy "
	    "reasons %s", reason->rfc, reason->name);
	paragraph(stdout, "", 0, width, text.data);
	buf_free(&text);
}

static void
show_unknown(const struct explained *e, int width)
{
	struct buf text = BUF_INIT;

	if (e->r.code / 100 == 2 || e->r.code / 100 == 3) {
		puts("No refusal.\n");
		explain_show_numbers(e, width);
		buf_free(&text);
		return;
	}
	puts("Not recognised.\n");
	buf_printf(&text, "The words of this reply tell none of the reasons "
	    "that saywhy knows.%s The mail admin of the server that wrote it "
	    "can say more; give that person the whole reply, the time and "
	    "both addresses.", e->r.code != 0 || e->r.status[0] != '\0' ?
	    " What its numbers mean stands below." : "");
	paragraph(stdout, "", 2, width, text.data);
	buf_free(&text);
	named(e, width);
	puts("");
	explain_show_numbers(e, width);
}

/* Who must act for a code that was given without a text. */
static void
show_code(const struct explained *e, int width)
{
	const struct code *c = code_find(e->text);

	if (c == NULL)
		c = code_class(e->text);
	explain_show_numbers(e, width);
	if (c != NULL)
		steps(c->who, c->remedy, width);
}

void
explain_show(const struct explained *e)
{
	int width = command_width();

	if (e->nothing != NULL) {
		paragraph(stdout, "", 0, width, e->nothing);
		return;
	}
	if (!e->is_code && !e->is_status)
		heading(e, width);
	if (e->is_code)
		show_code(e, width);
	else if (e->is_status)
		explain_show_numbers(e, width);
	else if (e->r.reason == REASON_NONE)
		show_unknown(e, width);
	else
		show_reply(e, width);
}

/* What a number by itself means, in one sentence. */
static const char *
number_meaning(const struct explained *e)
{
	const struct code *c;

	if (e->is_status)
		return status_nearest(e->text)->meaning;
	c = code_find(e->text);
	if (c == NULL)
		c = code_class(e->text);
	return c != NULL ? c->meaning : "No code of SMTP.";
}

void
explain_short(const struct explained *e)
{
	const struct reason *reason;

	if (e->nothing != NULL) {
		puts(e->nothing);
		return;
	}
	if (e->is_code || e->is_status) {
		printf("%s: %s\n", e->text, number_meaning(e));
		return;
	}
	if (e->r.reason == REASON_NONE) {
		puts(e->r.code / 100 == 2 || e->r.code / 100 == 3 ?
		    "no refusal" :
		    "unknown: the words tell no reason that saywhy knows");
		return;
	}
	reason = reason_get(e->r.reason);
	printf("%s (%s; must act: %s): %s\n", reason->name,
	    confidence_name(e->r.confidence), explain_who(e),
	    reason_prose(e->r.reason)->plain);
}
