/* dkim_saywhy - our own verifier of signatures (RFC 6376, 8301, 8463, 8616) */

#include "auth/dkim_engine.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "auth/dkim.h"
#include "auth/dkim_canon.h"
#include "auth/dkim_fields.h"
#include "auth/dkim_key.h"
#include "auth/dkim_signature.h"
#include "auth/dkim_taglist.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/mem.h"
#include "dns/dns.h"

/* RFC 8301 section 3.2: weaker keys must not be relied on. */
#define RSA_BITS_MIN 1024

/* The body as one or more signatures want it: canonical form and length. */
struct body_hash {
	enum dkim_canon canon;
	unsigned long long left;	/* of l=, bytes to come */
	long long limit;		/* l=; -1: none */
	struct sha256 *hash;
	unsigned char digest[SHA256_BYTES];
};

struct signature {
	size_t field;		/* which of the header it is */
	struct dkim_signature says;
	enum dkim_verdict verdict;
	const char *detail;	/* NULL: valid so far */
	char *key_name;
	struct dns_question q;
	const struct dkim_key *key;	/* lives with the answer */
	unsigned char digest[SHA256_BYTES];	/* of the header */
	struct body_hash *body;
};

struct verifier;

/* The body in one canonical form. */
struct form {
	struct verifier *of;
	bool wanted;
	struct dkim_body body;
};

struct verifier {
	struct dkim_fields fields;
	struct signature v[DKIM_SIGNATURES_MAX];
	size_t n;
	struct body_hash hashes[DKIM_SIGNATURES_MAX];
	size_t nhashes;
	struct form forms[2];	/* by enum dkim_canon */
};

static void *
begin(void)
{
	return mem_alloc(sizeof(struct verifier));
}

static void
header(void *engine, const char *name, const char *value)
{
	struct verifier *v = engine;

	if (v->n < DKIM_SIGNATURES_MAX &&
	    strcasecmp(name, "DKIM-Signature") == 0)
		v->v[v->n++].field = v->fields.n;
	dkim_fields_add(&v->fields, name, value);
}

static void
judge(struct signature *s, enum dkim_verdict verdict, const char *detail)
{
	s->verdict = verdict;
	s->detail = detail;
}

/* Section 3.6.2.1 */
static char *
key_name(const struct dkim_signature *says)
{
	struct buf name = BUF_INIT;

	buf_printf(&name, "%s._domainkey.%s", says->selector, says->domain);
	return buf_steal(&name);
}

static void
parse_signatures(struct verifier *v)
{
	int64_t now = (int64_t)time(NULL);
	struct signature *s;
	size_t i;

	for (i = 0; i < v->n; i++) {
		s = &v->v[i];
		s->detail = dkim_signature_parse(&s->says,
		    v->fields.v[s->field].value, now, &s->verdict);
		if (s->detail == NULL)
			s->key_name = key_name(&s->says);
	}
}

/*
 * All keys are queried at once; a signature that has failed already needs none.
 */
static void
ask_keys(struct verifier *v, int64_t deadline)
{
	struct dns_question q[DKIM_SIGNATURES_MAX];
	size_t i, n = 0;

	for (i = 0; i < v->n; i++)
		if (v->v[i].key_name != NULL)
			q[n++] = (struct dns_question){ .type = DNS_TXT,
				.name = v->v[i].key_name };
	if (n > 0)
		dns_ask(q, n, deadline);
	for (i = n = 0; i < v->n; i++)
		if (v->v[i].key_name != NULL)
			v->v[i].q = q[n++];
}

/* Section 6.1.2 */
static void
judge_key(struct signature *s)
{
	const struct dns_answer *answer = s->q.answer;

	if (answer->status == DNS_TEMPFAIL) {
		judge(s, DKIM_VERDICT_TEMPERROR,
		    "the key could not be looked up");
		return;
	}
	if (answer->status == DNS_NONE) {
		judge(s, DKIM_VERDICT_PERMERROR, "there is no such key in DNS");
		return;
	}
	s->key = dkim_key_of(answer);
	if (s->key->key == NULL)
		judge(s, DKIM_VERDICT_PERMERROR, s->key->failure);
	else if (public_key_type(s->key->key) != s->says.key_type)
		judge(s, DKIM_VERDICT_PERMERROR,
		    "the key is for another algorithm (a=, k=)");
	else if (s->key->strict && !s->says.same_domain)
		judge(s, DKIM_VERDICT_PERMERROR,
		    "the key is for its domain alone (t=s, i=)");
	else if (s->says.key_type == PUBLIC_KEY_RSA &&
	    s->key->bits < RSA_BITS_MIN)
		judge(s, DKIM_VERDICT_POLICY, "the key is too short");
	else if (s->key->too_costly)
		judge(s, DKIM_VERDICT_POLICY, "the key is too large");
}

/* The field itself, b= empty and without its line end (section 3.7). */
static void
hash_self(const struct signature *s, const struct dkim_field *field,
    struct sha256 *hash)
{
	const char *from = s->says.b, *end = from + s->says.b_len;
	struct buf value = BUF_INIT, text = BUF_INIT;

	/* Blanks around the value go with it. */
	while (from[-1] != '=')
		from--;
	end += strcspn(end, ";");
	buf_put(&value, s->says.text, (size_t)(from - s->says.text));
	buf_puts(&value, end);
	dkim_canon_field(&text, s->says.header, field->name, value.data,
	    value.len);
	sha256_put(hash, text.data, text.len - 2);
	buf_free(&value);
	buf_free(&text);
}

static void
hash_header(struct verifier *v, struct signature *s)
{
	const struct dkim_tag h = { .value = s->says.fields,
		.len = s->says.fields_len };
	struct sha256 *hash = sha256_new();
	struct dkim_choice choice;
	const char *name;
	size_t at = 0, n;

	dkim_choice_init(&choice, &v->fields, s->field);
	while (dkim_tag_word(&h, &at, &name, &n))
		dkim_choice_hash(&choice, name, n, s->says.header, hash);
	dkim_choice_free(&choice);
	hash_self(s, &v->fields.v[s->field], hash);
	sha256_end(hash, s->digest);
	sha256_free(hash);
}

/* Adds bytes of a canonical body to every hash of that form. */
static void
hash_body(void *arg, const char *bytes, size_t n)
{
	const struct form *form = arg;
	struct verifier *v = form->of;
	struct body_hash *h;
	size_t i, max;

	for (i = 0; i < v->nhashes; i++) {
		h = &v->hashes[i];
		if (h->canon != form->body.canon)
			continue;
		max = h->limit >= 0 && h->left < n ? (size_t)h->left : n;
		sha256_put(h->hash, bytes, max);
		h->left -= max;
	}
}

/* The one that another signature began, or a new one. */
static struct body_hash *
want_body(struct verifier *v, const struct dkim_signature *says)
{
	struct form *form = &v->forms[says->body];
	struct body_hash *h;
	size_t i;

	for (i = 0; i < v->nhashes; i++)
		if (v->hashes[i].canon == says->body &&
		    v->hashes[i].limit == says->limit)
			return &v->hashes[i];
	if (!form->wanted) {
		form->of = v;
		form->wanted = true;
		dkim_body_init(&form->body, says->body, hash_body, form);
	}
	h = &v->hashes[v->nhashes++];
	h->canon = says->body;
	h->limit = says->limit;
	h->left = (unsigned long long)says->limit;
	h->hash = sha256_new();
	return h;
}

static const char *
end_of_header(void *engine, int64_t deadline)
{
	struct verifier *v = engine;
	struct signature *s;

	parse_signatures(v);
	ask_keys(v, deadline);
	for (s = v->v; s < v->v + v->n; s++) {
		if (s->detail == NULL)
			judge_key(s);
		if (s->detail != NULL)
			continue;
		hash_header(v, s);
		s->body = want_body(v, &s->says);
	}
	return NULL;
}

static void
body(void *engine, const char *bytes, size_t n)
{
	struct verifier *v = engine;
	int i;

	for (i = 0; i < 2; i++)
		if (v->forms[i].wanted)
			dkim_body_put(&v->forms[i].body, bytes, n);
}

static void
end_body(struct verifier *v)
{
	size_t i;

	for (i = 0; i < 2; i++)
		if (v->forms[i].wanted)
			dkim_body_end(&v->forms[i].body);
	for (i = 0; i < v->nhashes; i++)
		sha256_end(v->hashes[i].hash, v->hashes[i].digest);
}

/* Section 6.1.3 */
static void
judge_message(const struct verifier *v, struct signature *s)
{
	unsigned long long whole = v->forms[s->says.body].body.bytes;
	unsigned long long limit = s->says.limit >= 0 ?
	    (unsigned long long)s->says.limit : whole;

	if (limit > whole)
		judge(s, DKIM_VERDICT_PERMERROR,
		    "more of the body is signed than there is (l=)");
	else if (memcmp(s->body->digest, s->says.hash, SHA256_BYTES) != 0)
		judge(s, DKIM_VERDICT_FAIL, "the body was changed");
	else if (!public_key_verifies(s->key->key, s->digest,
	    s->says.signature, s->says.signature_len))
		judge(s, DKIM_VERDICT_FAIL,
		    "the header was changed, or the key is another one");
	else if (limit < whole)
		judge(s, DKIM_VERDICT_POLICY,
		    "only a part of the body is signed (l=)");
	else
		judge(s, DKIM_VERDICT_PASS, NULL);
}

static void
end(void *engine, struct dkim_result *r)
{
	struct verifier *v = engine;
	struct dkim_signed *copy;
	struct signature *s;

	end_body(v);
	for (s = v->v; s < v->v + v->n; s++) {
		if (s->detail == NULL)
			judge_message(v, s);
		copy = &r->v[r->n++];
		copy->verdict = s->verdict;
		copy->domain = mem_dup(s->says.domain);
		copy->selector = mem_dup(s->says.selector);
		copy->algorithm = mem_dup(s->says.algorithm);
		copy->detail = mem_dup(s->detail);
		copy->bits = s->key != NULL ? s->key->bits : 0;
	}
}

static void
drop(void *engine)
{
	struct verifier *v = engine;
	size_t i;

	for (i = 0; i < v->n; i++) {
		dkim_signature_clear(&v->v[i].says);
		dns_forget(&v->v[i].q, 1);
		free(v->v[i].key_name);
	}
	for (i = 0; i < v->nhashes; i++)
		sha256_free(v->hashes[i].hash);
	dkim_fields_free(&v->fields);
	free(v);
}

const struct dkim_engine_calls dkim_saywhy = {
	.begin = begin,
	.header = header,
	.end_of_header = end_of_header,
	.body = body,
	.end = end,
	.free = drop
};
