/* content_spamd - unwanted mail, by SpamAssassin's spamd */

#include "checks/scanners.h"
#include "scanners/spamd.h"
#include "words/reason.h"

static const char kind_name[] = "spamd";

struct options {
	struct scanner_options spamd;	/* first: scanners_*() */
	char *user;
	long long max_size;	/* larger messages are not shown to it */
	long long reject;	/* a lower score only marks */
};

#define AT(member) offsetof(struct options, spamd.member)

static const struct option options[] = {
	SCANNER_OPTIONS("spamd", AT),
	{ .name = "spamd-user", .type = OPTION_TEXT,
	    .offset = offsetof(struct options, user),
	    .help = "whose settings spamd takes; unset: its own" },
	{ .name = "spamd-max-size", .type = OPTION_SIZE,
	    .offset = offsetof(struct options, max_size),
	    .default_value = "512k", .min = 1024, .max = 1LL << 40,
	    .help = "larger messages pass without it" },
	{ .name = "spamd-reject", .type = OPTION_INT,
	    .offset = offsetof(struct options, reject),
	    .default_value = "15", .min = 1, .max = 10000,
	    .help = "spam below this score only gets a mark" },
	{ .name = NULL }
};

static void
ready(void *opt, const struct site *site, struct diags *d)
{
	(void)site;
	(void)d;
	scanners_ready(opt, kind_name);
}

/* Larger messages pass without it. */
static bool
may_scan(const struct check_ctx *ctx)
{
	const struct options *o = ctx->options;

	return ctx->session->declared_size <= o->max_size &&
	    session_size(ctx->session) <= o->max_size;
}

static void
begin(const struct check_ctx *ctx, struct scan *scan)
{
	const struct options *o = ctx->options;
	struct buf header = BUF_INIT;

	spamd_begin(scan, o->spamd.scanner, o->user, o->spamd.timeout,
	    ctx->deadline);
	scanners_put_received(&header, ctx->session, ctx->site);
	scanners_put_header(&header, ctx->session);
	scan_write(scan, header.data, header.len, ctx->deadline);
	buf_free(&header);
}

static void
put(struct scan *scan, const char *bytes, size_t n, int64_t deadline)
{
	scan_write(scan, bytes, n, deadline);
}

static void
end(struct scan *scan, int64_t deadline)
{
	(void)deadline;
	spamd_end(scan);
}

static void
report(const struct check_ctx *ctx, struct findings *found,
    const struct spamd_verdict *v)
{
	const struct options *o = ctx->options;
	struct finding *f = check_found(ctx, found, REASON_SPAM_CONTENT);

	if (v->score < (double)o->reject)
		f->max = ACTION_MARK;
	scanners_say_score(f, EVIDENCE_SCORE, v->score);
	scanners_say_score(f, EVIDENCE_LIMIT, v->limit);
	finding_say(f, EVIDENCE_SCANNER, kind_name);
	finding_say(f, EVIDENCE_DETAIL, v->symbols.data);
}

static enum scan_status
verdict(const struct check_ctx *ctx, struct findings *found,
    struct scan *scan)
{
	struct spamd_verdict v = { .symbols = BUF_INIT };
	enum scan_status status = spamd_verdict(scan, &v);

	if (status == SCAN_FOUND)
		report(ctx, found, &v);
	buf_free(&v.symbols);
	return status;
}

static const struct scanner_kind kind = {
	.name = kind_name,
	.slot = SCANNER_SLOT("spamd"),
	.may_scan = may_scan,
	.begin = begin,
	.put = put,
	.end = end,
	.verdict = verdict
};

static const int reasons[] = { REASON_SPAM_CONTENT, REASON_SCANNER_UNAVAILABLE,
	REASON_NONE };

const struct check check_content_spamd = {
	.name = "content_spamd",
	.reasons = reasons,
	.options = options,
	SCANNER_CHECK(kind, ready, struct options)
};
