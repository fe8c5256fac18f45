/* dkim_signature - what a DKIM-Signature field says (RFC 6376 section 3.5) */

#include "auth/dkim_signature.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "auth/dkim_taglist.h"
#include "base/buf.h"
#include "base/idn.h"
#include "base/mem.h"

/* Tolerance for a signer's clock that is ahead of ours. */
#define AHEAD_S 300

struct reader {
	struct dkim_signature *s;
	struct dkim_taglist tags;
	int64_t now;
	enum dkim_verdict verdict;
};

/* A domain or selector: names without anything that is none of DNS. */
static bool
is_name(const char *text)
{
	size_t n = strlen(text), i;

	if (n == 0 || text[0] == '.' || text[n - 1] == '.')
		return false;
	for (i = 0; i < n; i++)
		if (!isalnum((unsigned char)text[i]) &&
		    strchr("-._", text[i]) == NULL &&
		    (unsigned char)text[i] < 0x80)
			return false;
	return true;
}

static char *
to_ascii(const char *domain)
{
	struct buf out = BUF_INIT;

	if (!idn_to_ascii(domain, &out)) {
		buf_free(&out);
		return NULL;
	}
	return buf_steal(&out);
}

static const char *
read_version(struct reader *r, const struct dkim_tag *tag)
{
	(void)r;
	return tag->len == 1 && *tag->value == '1' ? NULL :
	    "an unknown version (v=)";
}

static const char *
read_algorithm(struct reader *r, const struct dkim_tag *tag)
{
	r->s->algorithm = dkim_tag_copy(tag);
	if (strcasecmp(r->s->algorithm, "rsa-sha256") == 0) {
		r->s->key_type = PUBLIC_KEY_RSA;
		return NULL;
	}
	if (strcasecmp(r->s->algorithm, "ed25519-sha256") == 0) {
		r->s->key_type = PUBLIC_KEY_ED25519;
		return NULL;
	}
	if (strcasecmp(r->s->algorithm, "rsa-sha1") != 0)
		return "an unknown algorithm (a=)";
	/* RFC 8301 section 3.1 */
	r->verdict = DKIM_VERDICT_POLICY;
	return "rsa-sha1 is not secure";
}

static const char *
read_domain(struct reader *r, const struct dkim_tag *tag)
{
	char *domain = dkim_tag_copy(tag);

	r->s->domain = to_ascii(domain);
	if (r->s->domain == NULL)
		r->s->domain = domain;
	else
		free(domain);
	return is_name(r->s->domain) ? NULL : "no proper domain (d=)";
}

static const char *
read_selector(struct reader *r, const struct dkim_tag *tag)
{
	char *ascii;

	r->s->selector = dkim_tag_copy(tag);
	if (!is_name(r->s->selector))
		return "no proper selector (s=)";
	/* RFC 8616 section 5: an A-label is queried. */
	for (ascii = r->s->selector; *ascii != '\0'; ascii++)
		if ((unsigned char)*ascii >= 0x80)
			break;
	ascii = *ascii != '\0' ? to_ascii(r->s->selector) : NULL;
	if (ascii != NULL) {
		free(r->s->selector);
		r->s->selector = ascii;
	}
	return NULL;
}

static const char *
read_hash(struct reader *r, const struct dkim_tag *tag)
{
	size_t n;
	unsigned char *bytes = dkim_tag_base64(tag, &n);
	bool good = bytes != NULL && n == SHA256_BYTES;

	if (good)
		memcpy(r->s->hash, bytes, SHA256_BYTES);
	free(bytes);
	return good ? NULL : "no proper hash of the body (bh=)";
}

static const char *
read_signature(struct reader *r, const struct dkim_tag *tag)
{
	r->s->b = tag->value;
	r->s->b_len = tag->len;
	r->s->signature = dkim_tag_base64(tag, &r->s->signature_len);
	return r->s->signature != NULL && r->s->signature_len > 0 ? NULL :
	    "no proper signature (b=)";
}

/* Section 5.4: a signature that does not cover From says nothing. */
static const char *
read_fields(struct reader *r, const struct dkim_tag *tag)
{
	r->s->fields = tag->value;
	r->s->fields_len = tag->len;
	return dkim_tag_has_word(tag, "from") ? NULL :
	    "From is not signed (h=)";
}

static const char *
read_canon(struct reader *r, const struct dkim_tag *tag)
{
	static const char *const names[] = { [DKIM_CANON_SIMPLE] = "simple",
		[DKIM_CANON_RELAXED] = "relaxed" };
	char *word = dkim_tag_copy(tag), *body = strchr(word, '/');
	int header_is = -1, body_is = -1, i;

	if (body != NULL)
		*body++ = '\0';
	for (i = 0; i < 2; i++) {
		if (strcasecmp(word, names[i]) == 0)
			header_is = i;
		if (strcasecmp(body != NULL ? body : "simple", names[i]) == 0)
			body_is = i;
	}
	free(word);
	if (header_is < 0 || body_is < 0)
		return "an unknown canonicalization (c=)";
	r->s->header = (enum dkim_canon)header_is;
	r->s->body = (enum dkim_canon)body_is;
	return NULL;
}

/* The domain of i= is d= or one below it. */
static const char *
read_identity(struct reader *r, const struct dkim_tag *tag)
{
	char *text = dkim_tag_copy(tag), *at = strrchr(text, '@');
	char *domain = at != NULL ? to_ascii(at + 1) : NULL;
	size_t n = domain != NULL ? strlen(domain) : 0;
	size_t m = strlen(r->s->domain);
	bool below = domain != NULL && n >= m &&
	    strcmp(domain + n - m, r->s->domain) == 0 &&
	    (n == m || domain[n - m - 1] == '.');

	r->s->same_domain = below && n == m;
	free(domain);
	free(text);
	return below ? NULL : "an identity outside of its domain (i=)";
}

static const char *
read_limit(struct reader *r, const struct dkim_tag *tag)
{
	return dkim_tag_number(tag, &r->s->limit) ? NULL :
	    "no proper length of the body (l=)";
}

static const char *
read_query(struct reader *r, const struct dkim_tag *tag)
{
	(void)r;
	return dkim_tag_has_word(tag, "dns/txt") ||
	    dkim_tag_has_word(tag, "dns") ? NULL :
	    "an unknown way to its key (q=)";
}

static const char *
read_time(struct reader *r, const struct dkim_tag *tag)
{
	long long t;

	if (!dkim_tag_number(tag, &t))
		return "no proper time (t=)";
	if (t <= r->now + AHEAD_S)
		return NULL;
	r->verdict = DKIM_VERDICT_POLICY;
	return "it was signed in the future (t=)";
}

static const char *
read_expiry(struct reader *r, const struct dkim_tag *tag)
{
	const struct dkim_tag *made = dkim_taglist_find(&r->tags, "t");
	long long x, t = 0;

	if (!dkim_tag_number(tag, &x))
		return "no proper time (x=)";
	if (made != NULL && dkim_tag_number(made, &t) && x <= t)
		return "it expired before it was signed (x=)";
	if (x >= r->now)
		return NULL;
	r->verdict = DKIM_VERDICT_POLICY;
	return "the signature expired";
}

/*
 * In this order: the signer is read first, so that it can be reported; a syntax
 * error is reported before a weakness.
 */
static const struct {
	const char *name;
	const char *missing;	/* NULL: it need not be there */
	/* its value is one word; NULL: it need not be */
	const char *blanks;
	const char *(*read)(struct reader *r, const struct dkim_tag *tag);
} rows[] = {
	{ "d", "no domain (d=)", "no proper domain (d=)", read_domain },
	{ "s", "no selector (s=)", "no proper selector (s=)", read_selector },
	{ "v", "no version (v=)", NULL, read_version },
	{ "h", "no list of fields (h=)", NULL, read_fields },
	{ "c", NULL, "an unknown canonicalization (c=)", read_canon },
	{ "i", NULL, NULL, read_identity },
	{ "l", NULL, NULL, read_limit },
	{ "q", NULL, NULL, read_query },
	{ "b", "no signature (b=)", NULL, read_signature },
	{ "a", "no algorithm (a=)", "an unknown algorithm (a=)",
	    read_algorithm },
	{ "bh", "no hash of the body (bh=)", NULL, read_hash },
	{ "t", NULL, NULL, read_time },
	{ "x", NULL, NULL, read_expiry },
};

static void
begin(struct dkim_signature *s, const char *value)
{
	memset(s, 0, sizeof *s);
	s->text = mem_dup(value);
	s->same_domain = true;
	s->limit = -1;
}

const char *
dkim_signature_parse(struct dkim_signature *s, const char *value, int64_t now,
    enum dkim_verdict *verdict)
{
	struct reader r = { .s = s, .now = now,
		.verdict = DKIM_VERDICT_PERMERROR };
	const struct dkim_tag *tag;
	const char *errmsg;
	size_t i;

	begin(s, value);
	errmsg = dkim_taglist_parse(&r.tags, s->text, strlen(s->text));
	for (i = 0; errmsg == NULL && i < sizeof rows / sizeof rows[0]; i++) {
		tag = dkim_taglist_find(&r.tags, rows[i].name);
		errmsg = tag != NULL ? rows[i].read(&r, tag) :
		    rows[i].missing;
		if (tag != NULL && rows[i].blanks != NULL &&
		    dkim_tag_has_blank(tag)) {
			errmsg = rows[i].blanks;
			r.verdict = DKIM_VERDICT_PERMERROR;
		}
	}
	*verdict = r.verdict;
	return errmsg;
}

void
dkim_signature_clear(struct dkim_signature *s)
{
	free(s->text);
	free(s->domain);
	free(s->selector);
	free(s->algorithm);
	free(s->signature);
	memset(s, 0, sizeof *s);
}
