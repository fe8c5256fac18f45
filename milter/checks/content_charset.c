/* content_charset - text in a charset that the admin denies */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "checks/check.h"
#include "mime/mime.h"
#include "words/reason.h"

struct options {
	struct strset denied;
};

/* No charset has such a name (RFC 2978 section 2.3), so none could match. */
static bool
parse_charset(void *base, void *slot, const char *value, struct buf *errmsg)
{
	if (*value == '\0' || strpbrk(value, " \t*?,;/\"") != NULL) {
		buf_printf(errmsg, "\"%.60s\" is no name of a charset, as "
		    "\"koi8-r\"", value);
		return false;
	}
	return option_parse_string(base, slot, value, errmsg);
}

static const struct option options[] = {
	{ .name = "charsets-denied", .type = OPTION_LIST,
	    .offset = offsetof(struct options, denied),
	    .parse = parse_charset, .free = option_free_strings,
	    .help = "charsets of texts and subjects that are not taken" },
	{ .name = NULL }
};

static bool
active(const void *opt, const struct site *site)
{
	const struct options *o = opt;

	(void)site;
	return o->denied.n > 0;
}

struct note {
	char *type;		/* "text/plain; charset=gb2312" */
	char *charset;
};

static void
clear_note(void *note)
{
	struct note *n = note;

	free(n->type);
	free(n->charset);
}

static const struct slot_kind kind = { "content_charset",
	sizeof(struct note), SCOPE_MESSAGE, clear_note };

static void
note_charset(const struct check_ctx *ctx, const char *where,
    const char *charset)
{
	struct note *note = slots_get(ctx->slots, &kind);
	struct buf type = BUF_INIT;

	if (note->type != NULL)
		return;
	buf_printf(&type, "%s; charset=%s", where, charset);
	note->type = buf_steal(&type);
	note->charset = mem_dup(charset);
}

static void
part(const struct check_ctx *ctx, const struct mime_event *e)
{
	const struct options *o = ctx->options;
	const char *charset = e->part->charset;

	if (e->what == MIME_BEGIN && charset != NULL &&
	    strset_find(&o->denied, charset, strlen(charset)) != NULL)
		note_charset(ctx, e->part->type, charset);
}

/* "=?charset?" or "=?charset*language?" (RFC 2047, RFC 2231 section 5). */
static void
inspect_words(const struct check_ctx *ctx, const struct header *h)
{
	const struct options *o = ctx->options;
	const char *p = h->value, *charset;

	while ((p = strstr(p, "=?")) != NULL) {
		p += 2;
		charset = strset_find(&o->denied, p, strcspn(p, "?*"));
		if (charset != NULL)
			note_charset(ctx, h->name, charset);
	}
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct session *s = ctx->session;
	const struct note *note;
	struct finding *f;
	size_t i;

	for (i = 0; i < s->nheaders; i++)
		if (strcasecmp(s->headers[i].name, "Subject") == 0 ||
		    strcasecmp(s->headers[i].name, "From") == 0)
			inspect_words(ctx, &s->headers[i]);
	note = slots_find(ctx->slots, &kind);
	if (note == NULL || note->type == NULL)
		return;
	f = check_found(ctx, found, REASON_MEDIA_UNSUPPORTED);
	finding_say(f, EVIDENCE_TYPE, note->type);
	finding_say(f, EVIDENCE_CHARSET, note->charset);
}

static const int reasons[] = { REASON_MEDIA_UNSUPPORTED, REASON_NONE };

const struct check check_content_charset = {
	.name = "content_charset",
	.section = "content",
	.stages = STAGE_BIT(STAGE_MESSAGE),
	.issued_at = STAGE_RCPT,
	.needs = CHECK_NEEDS_PARTS,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.active = active,
	.part = part,
	.run = run
};
