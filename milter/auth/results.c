/* results - Authentication-Results (RFC 8601) */

#include "auth/results.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "auth/dkim_note.h"
#include "auth/dmarc_note.h"
#include "auth/spf_note.h"
#include "base/buf.h"
#include "model/session.h"
#include "model/site.h"

#define TOKEN_MAX 255
#define COMMENTS_MAX 100	/* inside each other */

/* Section 2.2: a pvalue that needs no quotes. */
static void
put_token(struct buf *out, const char *text)
{
	size_t n;

	for (n = 0; text[n] != '\0' && n < TOKEN_MAX; n++)
		buf_putc(out, isalnum((unsigned char)text[n]) ||
		    strchr(".-_", text[n]) != NULL ? text[n] : '_');
	if (n == 0)
		buf_putc(out, '_');
}

static void
put_property(struct buf *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_printf(out, " %s=", name);
	put_token(out, value);
}

static void
put_spf(struct buf *out, const struct spf *spf, const struct session *s)
{
	buf_printf(out, ";\n\tspf=%s", spf_result_name(spf->result));
	put_property(out, s->sender.null ? "smtp.helo" : "smtp.mailfrom",
	    spf->domain);
}

static void
put_dkim(struct buf *out, const struct dkim_result *r)
{
	const struct dkim_signed *s;
	size_t i;

	if (r->n == 0)
		buf_printf(out, ";\n\tdkim=%s", r->failure != NULL ?
		    "neutral" : "none");
	for (i = 0; i < r->n; i++) {
		s = &r->v[i];
		buf_printf(out, ";\n\tdkim=%s", dkim_verdict_name(s->verdict));
		put_property(out, "header.d", s->domain);
		put_property(out, "header.s", s->selector);
		put_property(out, "header.a", s->algorithm);
	}
}

static void
put_dmarc(struct buf *out, const struct dmarc_note *note)
{
	const struct dmarc *d = &note->dmarc;

	if (note->author.status != AUTHOR_ONE) {
		buf_puts(out, ";\n\tdmarc=permerror");
		return;
	}
	buf_printf(out, ";\n\tdmarc=%s", dmarc_result_name(d->result));
	if (d->record != NULL)
		buf_printf(out, " (p=%s)", dmarc_policy_name(d->policy));
	put_property(out, "header.from", note->domain);
}

bool
results_put(struct buf *out, const struct slots *slots,
    const struct session *s, const struct site *site)
{
	const struct spf *spf = spf_known_of_sender(slots, s);
	const struct dkim_result *dkim = dkim_note_known(slots);
	const struct dmarc_note *dmarc = dmarc_note_known(slots);

	if (spf == NULL && dkim == NULL && dmarc == NULL)
		return false;
	put_token(out, site->name);
	if (spf != NULL)
		put_spf(out, spf, s);
	if (dkim != NULL)
		put_dkim(out, dkim);
	if (dmarc != NULL)
		put_dmarc(out, dmarc);
	return true;
}

/* Past blanks, line ends and comments (CFWS, RFC 5322 section 3.2.2). */
static const char *
skip_comments(const char *at)
{
	int depth = 0;

	for (; *at != '\0'; at++) {
		if (*at == '(' && depth < COMMENTS_MAX)
			depth++;
		else if (*at == ')' && depth > 0)
			depth--;
		else if (depth > 0 && *at == '\\' && at[1] != '\0')
			at++;
		else if (depth == 0 && strchr(" \t\r\n", *at) == NULL)
			break;
	}
	return at;
}

/* A backslash in quotes hides nothing (RFC 5322 section 3.2.4). */
bool
results_claims(const char *value, const char *name)
{
	bool quoted;

	value = skip_comments(value);
	quoted = *value == '"';
	value += quoted;
	for (; *name != '\0'; name++, value++) {
		value += quoted && *value == '\\';
		if (tolower((unsigned char)*value) !=
		    tolower((unsigned char)*name))
			return false;
	}
	/* A dot at the end names the same host. */
	value += *value == '.';
	return quoted ? *value == '"' :
	    strchr("; \t\r\n(", *value) != NULL;
}
