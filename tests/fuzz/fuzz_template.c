/*
 * fuzz_template - any words of an admin, any bytes of a sender: one reply
 *
 * The words are taken up to the first NUL; what follows is what the sender
 * said, everywhere. A template that is taken makes a reply that may be sent.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "model/finding.h"
#include "model/session.h"
#include "model/site.h"
#include "words/reason.h"
#include "words/reply.h"
#include "words/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check_line(const char *line, size_t max)
{
	const char *p;

	if (*line == '\0' || strlen(line) > max)
		BUG("a line that is empty or too long");
	for (p = line; *p != '\0'; p++)
		if (*p < 32 || *p > 126)
			BUG("a byte that may not stand in a reply");
}

static void
check_reply(const struct reply *r, enum action action)
{
	char class = action == ACTION_REJECT ? '5' : '4';
	size_t i;

	if (r->code / 100 != class - '0' || r->status[0] != class)
		BUG("code, status and action disagree");
	if (r->n == 0 || r->n > REPLY_LINES)
		BUG("a reply of no lines, or of too many");
	for (i = 0; i < r->n; i++)
		check_line(r->lines[i],
		    i == 0 ? REPLY_FIRST_MAX : REPLY_LINE_MAX);
}

static void
render(const char *text, const char *value)
{
	struct site site = { .name = "mx.example.org",
		.contact = "postmaster@example.org" };
	struct findings found = { .v = NULL };
	struct finding *f = findings_add(&found, 1, "fuzz", STAGE_RCPT);
	struct wording w = { .reason = REASON_HEADER_PATTERN, .text = text,
		.remedy = text };
	struct session s;
	struct reply_facts facts = { .session = &s, .finding = f,
		.site = &site, .id = "7K3M9QXD2H4T" };
	struct reply reply = { .code = 0 };

	session_init(&s);
	session_connect(&s, value, &(struct ip){ .b = { 0 } });
	session_helo(&s, value);
	session_mail(&s, value);
	session_rcpt(&s, value);
	finding_say(f, EVIDENCE_HEADER, value);
	finding_say(f, EVIDENCE_PATTERN, value);
	reply_render(&reply, &w, ACTION_REJECT, &facts);
	check_reply(&reply, ACTION_REJECT);
	reply_render(&reply, &w, ACTION_TEMPFAIL, &facts);
	check_reply(&reply, ACTION_TEMPFAIL);
	reply_clear(&reply);
	findings_free(&found);
	session_free(&s);
}

/* What an MTA says of a refusal of its own: nothing is invented. */
static void
read_reply(const char *status, const char *text)
{
	struct reply reply = { .code = 0 };
	struct buf shown = BUF_INIT, errmsg = BUF_INIT;

	reply_read(&reply, status, text);
	if (reply.code != 0 && !reply_code_check(reply.code, &errmsg) &&
	    (reply.code < 400 || reply.code > 599))
		BUG("a code that refuses nothing");
	if (*reply.status != '\0' && !reply_status_check(reply.status, &errmsg))
		BUG("a status that is none");
	reply_print(&reply, &shown);
	reply_clear(&reply);
	buf_free(&shown);
	buf_free(&errmsg);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = mem_ndup(n > 0 ? (const char *)data : "", n);
	size_t words = strlen(text) + 1;
	char *value = words < n ?
	    mem_ndup((const char *)data + words, n - words) : mem_dup("");
	struct buf errmsg = BUF_INIT;

	if (template_check(text, "header pattern", REPLY_FIRST_MAX, &errmsg))
		render(text, value);
	else if (errmsg.len == 0)
		BUG("refused without a word");
	read_reply(text, value);
	buf_free(&errmsg);
	free(value);
	free(text);
	return 0;
}
