/* evidence_text - the evidence, as far as the sender may know it */

#include "pages/evidence_text.h"

#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "pages/view.h"
#include "records/record_read.h"
#include "words/reason.h"

/* The evidence of these reasons is the sender's own text, or public. */
static const int open_reasons[] = { REASON_DNSBL_LISTED,
	REASON_DOMAIN_LISTED, REASON_RDNS_MISSING, REASON_RDNS_MISMATCH,
	REASON_SPF_FAIL, REASON_SPF_SOFTFAIL, REASON_SPF_NEUTRAL,
	REASON_SPF_PERMERROR, REASON_SPF_TEMPERROR, REASON_DKIM_NONE_VALID,
	REASON_DKIM_UNACCEPTABLE, REASON_DKIM_AUTHOR_MISMATCH,
	REASON_DKIM_TEMPERROR, REASON_DMARC_REJECT, REASON_NO_AUTH,
	REASON_SEVERAL_AUTH_FAILED, REASON_ATTACHMENT_BANNED,
	REASON_MEDIA_UNSUPPORTED, REASON_NOT_SCANNABLE, REASON_VIRUS_FOUND,
	REASON_MESSAGE_TOO_LARGE, REASON_TOO_MANY_RECIPIENTS,
	REASON_MAIL_LOOP };

static const struct {
	const char *path;
	enum speech label;
} rows[] = {
	{ "evidence.list", SPEECH_LIST },
	{ "evidence.answer", SPEECH_LIST_ANSWER },
	{ "evidence.text", SPEECH_LIST_TEXT },
	{ "evidence.file", SPEECH_FILE },
	{ "evidence.type", SPEECH_FILE_TYPE },
	{ "evidence.signature", SPEECH_VIRUS },
	{ "evidence.ptr", SPEECH_PTR },
	{ "evidence.size", SPEECH_SIZE },
	{ "evidence.limit", SPEECH_LIMIT },
	{ "evidence.count", SPEECH_NUMBER },
	{ "evidence.author", SPEECH_AUTHOR },
};

static bool
is_open(int reason)
{
	size_t i;

	for (i = 0; i < sizeof open_reasons / sizeof open_reasons[0]; i++)
		if (open_reasons[i] == reason)
			return true;
	return false;
}

static void
put_reply(const struct view *v, const struct parsed_record *t)
{
	size_t i;

	buf_puts(v->out, "<div>");
	view_say(v, "dt", SPEECH_REPLY, NULL);
	buf_puts(v->out, "<dd><code>");
	if (parsed_int(t, "reply.code", 0) != 0)
		buf_printf(v->out, "%lld ", parsed_int(t, "reply.code", 0));
	if (parsed_text(t, "reply.status") != NULL) {
		view_text(v, parsed_text(t, "reply.status"));
		buf_putc(v->out, ' ');
	}
	for (i = 0; i < parsed_count(t, "reply.lines"); i++) {
		if (i > 0)
			buf_puts(v->out, "<br>");
		if (parsed_item(t, "reply.lines", i) != NULL)
			view_text(v, parsed_item(t, "reply.lines", i));
	}
	buf_puts(v->out, "</code></dd></div>\n");
}

void
evidence_text_put_known(const struct view *v, const struct parsed_record *t)
{
	struct buf b = BUF_INIT;

	put_reply(v, t);
	buf_puts(&b, parsed_text(t, "client.address"));
	if (parsed_text(t, "client.name") != NULL)
		buf_printf(&b, " (%s)", parsed_text(t, "client.name"));
	view_row(v, SPEECH_CLIENT, b.data);
	view_row(v, SPEECH_HELO, parsed_text(t, "helo"));
	buf_free(&b);
}

/* Where the term stands as a whole word; NULL: nowhere. */
static const char *
find_term(const char *record, const char *term)
{
	const char *at = record;
	size_t n = strlen(term);

	while (n > 0 && (at = strstr(at, term)) != NULL) {
		if ((at == record || at[-1] == ' ') &&
		    (at[n] == ' ' || at[n] == '\0'))
			return at;
		at++;
	}
	return NULL;
}

/* The record with the part that decided marked. */
static void
put_spf(const struct view *v, const struct parsed_record *t)
{
	const char *record = parsed_text(t, "evidence.record");
	const char *term = parsed_text(t, "evidence.mechanism"), *at;

	if (record == NULL || strncmp(record, "v=spf1", 6) != 0)
		return;
	at = term != NULL ? find_term(record, term) : NULL;
	buf_puts(v->out, "<div>");
	view_say(v, "dt", SPEECH_SPF_RECORD, NULL);
	buf_puts(v->out, "<dd><code>");
	if (at != NULL) {
		escape_put_html(v->out, record, (size_t)(at - record));
		buf_puts(v->out, "<mark>");
		view_text(v, term);
		buf_puts(v->out, "</mark>");
		record = at + strlen(term);
	}
	view_text(v, record);
	buf_puts(v->out, "</code>");
	if (at != NULL) {
		buf_puts(v->out, "<br>");
		view_say(v, "small", SPEECH_DECIDED, NULL);
	}
	buf_puts(v->out, "</dd></div>\n");
}

/* A link only where we made it ourselves, and of plain letters. */
static void
put_link(const struct view *v, const struct parsed_record *t)
{
	const char *url = parsed_text(t, "evidence.url");
	const char *issuer = parsed_text(t, "issuer");

	if (url == NULL || issuer == NULL || strcmp(issuer, "saywhy") != 0 ||
	    strncmp(url, "https://", 8) != 0 ||
	    url[strspn(url, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#=&%+")] != '\0') {
		view_row(v, SPEECH_LIST_LINK, url);
		return;
	}
	buf_puts(v->out, "<div>");
	view_say(v, "dt", SPEECH_LIST_LINK, NULL);
	buf_puts(v->out, "<dd><a rel=\"noreferrer nofollow\" href=\"");
	view_text(v, url);
	buf_puts(v->out, "\">");
	view_text(v, url);
	buf_puts(v->out, "</a></dd></div>\n");
}

/* What the owner of the From domain wants: the record itself, if we have it. */
static void
put_wish(const struct view *v, const struct parsed_record *t)
{
	const char *record = parsed_text(t, "evidence.record");

	view_row(v, SPEECH_POLICY, record != NULL &&
	    strncmp(record, "v=DMARC1", 8) == 0 ? record :
	    parsed_text(t, "evidence.policy"));
}

static void
put_proof(const struct view *v, const char *name, const char *result)
{
	if (result == NULL)
		return;
	buf_printf(v->out, "<tr><th scope=\"row\">%s</th><td>", name);
	view_text(v, result);
	buf_puts(v->out, "</td></tr>\n");
}

static void
put_proofs(const struct view *v, const struct parsed_record *t)
{
	const char *alignment = parsed_text(t, "evidence.alignment");

	if (parsed_text(t, "evidence.spf") == NULL &&
	    parsed_text(t, "evidence.dkim") == NULL &&
	    parsed_text(t, "evidence.dmarc") == NULL)
		return;
	buf_puts(v->out, "<table>\n");
	view_say(v, "caption", SPEECH_PROOFS, NULL);
	buf_puts(v->out, "<thead><tr>");
	view_say(v, "th scope=\"col\"", SPEECH_PROOF, NULL);
	view_say(v, "th scope=\"col\"", SPEECH_RESULT, NULL);
	buf_puts(v->out, "</tr></thead>\n<tbody>\n");
	put_proof(v, "SPF", parsed_text(t, "evidence.spf"));
	put_proof(v, "DKIM", parsed_text(t, "evidence.dkim"));
	put_proof(v, "DMARC", parsed_text(t, "evidence.dmarc"));
	if (alignment != NULL) {
		buf_puts(v->out, "<tr>");
		view_say(v, "th scope=\"row\"", SPEECH_ALIGNMENT, NULL);
		buf_puts(v->out, "<td>");
		view_text(v, alignment);
		buf_puts(v->out, "</td></tr>\n");
	}
	buf_puts(v->out, "</tbody>\n</table>\n");
}

void
evidence_text_put(const struct view *v, const struct parsed_record *t,
    int reason)
{
	size_t i;

	if (!is_open(reason)) {
		buf_puts(v->out, "</dl>\n");
		return;
	}
	put_spf(v, t);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		view_row(v, rows[i].label, parsed_text(t, rows[i].path));
	put_link(v, t);
	put_wish(v, t);
	buf_puts(v->out, "</dl>\n");
	put_proofs(v, t);
}
