/* dkim_key - what DNS says of a key (RFC 6376 section 3.6.1) */

#include "auth/dkim_key.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "auth/dkim_taglist.h"
#include "base/mem.h"
#include "dns/dns.h"

/*
 * RFC 8301 section 3.2 asks for up to 4096 bits; more would cost us CPU time.
 */
#define BITS_MAX 8192
#define EXPONENT_BITS_MAX 64

/* What a tag asks for must be what we do; NULL: it is. */
static const char *
read_words(const struct dkim_taglist *tags, enum public_key_type *type)
{
	const struct dkim_tag *v = dkim_taglist_find(tags, "v");
	const struct dkim_tag *h = dkim_taglist_find(tags, "h");
	const struct dkim_tag *k = dkim_taglist_find(tags, "k");
	const struct dkim_tag *s = dkim_taglist_find(tags, "s");

	if (v != NULL && (v != &tags->v[0] || v->len != 5 ||
	    memcmp(v->value, "DKIM1", 5) != 0))
		return "the key has an unknown version (v=)";
	if (h != NULL && !dkim_tag_has_word(h, "sha256"))
		return "the key is not for SHA-256 (h=)";
	if (s != NULL && !dkim_tag_has_word(s, "*") &&
	    !dkim_tag_has_word(s, "email"))
		return "the key is not for mail (s=)";
	*type = PUBLIC_KEY_RSA;
	if (k == NULL || (k->len == 3 && strncasecmp(k->value, "rsa", 3) == 0))
		return NULL;
	*type = PUBLIC_KEY_ED25519;
	if (k->len == 7 && strncasecmp(k->value, "ed25519", 7) == 0)
		return NULL;
	return "the key is of an unknown type (k=)";
}

static const char *
read_bytes(struct dkim_key *k, enum public_key_type type,
    const struct dkim_tag *p)
{
	unsigned char *bytes;
	size_t n;

	if (p == NULL)
		return "the key record has no key (p=)";
	if (p->len == 0)
		return "the key was revoked";
	bytes = dkim_tag_base64(p, &n);
	if (bytes == NULL)
		return "the key is no base64 (p=)";
	k->key = public_key_new(type, bytes, n);
	free(bytes);
	if (k->key == NULL)
		return "the key is not of the type that it tells (k=, p=)";
	k->bits = public_key_bits(k->key);
	k->too_costly = k->bits > BITS_MAX ||
	    public_key_exponent_bits(k->key) > EXPONENT_BITS_MAX;
	return NULL;
}

static const char *
read_record(struct dkim_key *k, const struct dns_record *record)
{
	enum public_key_type type;
	struct dkim_taglist tags;
	const struct dkim_tag *t;
	const char *failure;

	failure = dkim_taglist_parse(&tags, record->text, record->n);
	if (failure != NULL)
		return "the key record cannot be read, or has a tag twice";
	failure = read_words(&tags, &type);
	if (failure != NULL)
		return failure;
	t = dkim_taglist_find(&tags, "t");
	k->strict = t != NULL && dkim_tag_has_word(t, "s");
	return read_bytes(k, type, dkim_taglist_find(&tags, "p"));
}

static void *
parse(const struct dns_answer *answer, size_t *bytes)
{
	struct dkim_key *k = mem_alloc(sizeof *k);
	const char *failure;
	size_t i;

	for (i = 0; i < answer->n && k->key == NULL; i++) {
		failure = read_record(k, &answer->v[i]);
		if (k->failure == NULL || failure == NULL)
			k->failure = failure;
	}
	*bytes = sizeof *k + (k->key != NULL ? PUBLIC_KEY_MEMORY : 0);
	return k;
}

static void
drop(void *parsed)
{
	struct dkim_key *k = parsed;

	public_key_free(k->key);
	free(k);
}

static const struct dns_parser parser = { parse, drop };

const struct dkim_key *
dkim_key_of(const struct dns_answer *answer)
{
	return dns_parsed(answer, &parser);
}
