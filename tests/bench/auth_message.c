/* auth_message - a signed message for benchmarks, and what it must cost */

#include "auth_message.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "auth_key.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

/* What a session of Postfix hands on at once. */
#define PIECE 65535

static const char *const fields[][2] = {
	{ "From", " Ann <ann@example.com>" }, { "To", " bob@example.org" },
	{ "Subject", " A message of usual size" },
	{ "Date", " Tue, 24 Nov 2026 10:00:00 +0000" },
	{ "Message-ID", " <1@example.com>" },
	{ "MIME-Version", " 1.0" }, { "Content-Type", " text/plain" },
};

#define NFIELDS (sizeof fields / sizeof fields[0])

static struct {
	struct buf body, value;	/* value: of DKIM-Signature */
	struct buf signed_header;	/* what the signature is made of */
	unsigned char signature[512];
	size_t signature_len;
	EVP_MD *md;
	EVP_PKEY *key;
	EVP_PKEY_CTX *verify;
} self;

static void
digest(const struct buf *text, unsigned char out[32])
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	unsigned n;

	EVP_DigestInit_ex2(c, self.md, NULL);
	EVP_DigestUpdate(c, text->data, text->len);
	EVP_DigestFinal_ex(c, out, &n);
	EVP_MD_CTX_free(c);
}

static void
put_base64(struct buf *out, const unsigned char *bytes, size_t n)
{
	unsigned char text[1024];

	buf_put(out, text, (size_t)EVP_EncodeBlock(text, bytes, (int)n));
}

/* Words with one blank between, so that relaxed leaves them alone. */
static void
make_body(size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i++)
		buf_putc(&self.body, i % 72 == 70 ? '\r' : i % 72 == 71 ?
		    '\n' : i % 72 % 7 == 5 ? ' ' : (char)('a' + i % 26));
	buf_cut(&self.body, bytes - 3);
	buf_puts(&self.body, "x\r\n");
}

/* The same field as relaxed makes it: the values above are so already. */
static void
put_relaxed(const char *name, const char *value)
{
	const char *c;

	for (c = name; *c != '\0'; c++)
		buf_putc(&self.signed_header, *c >= 'A' && *c <= 'Z' ?
		    (char)(*c + 32) : *c);
	buf_printf(&self.signed_header, ":%s", value + 1);
}

static void
load_key(void)
{
	BIO *bio = BIO_new_mem_buf(AUTH_KEY, -1);

	self.md = EVP_MD_fetch(NULL, "SHA256", NULL);
	self.key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	BIO_free(bio);
	if (self.key == NULL)
		BUG("the key of the benchmark cannot be read");
	self.verify = EVP_PKEY_CTX_new_from_pkey(NULL, self.key, NULL);
	EVP_PKEY_verify_init(self.verify);
	EVP_PKEY_CTX_set_rsa_padding(self.verify, RSA_PKCS1_PADDING);
	EVP_PKEY_CTX_set_signature_md(self.verify, self.md);
}

static void
sign(void)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(NULL, self.key, NULL);
	unsigned char hash[32];
	size_t i;

	buf_puts(&self.value, " v=1; a=rsa-sha256; c=relaxed/relaxed; "
	    "d=example.com; s=s; h=from:to:subject:date:message-id:"
	    "mime-version:content-type; bh=");
	digest(&self.body, hash);
	put_base64(&self.value, hash, sizeof hash);
	buf_puts(&self.value, "; b=");
	for (i = 0; i < NFIELDS; i++) {
		put_relaxed(fields[i][0], fields[i][1]);
		buf_puts(&self.signed_header, "\r\n");
	}
	put_relaxed("dkim-signature", self.value.data);
	digest(&self.signed_header, hash);
	self.signature_len = sizeof self.signature;
	EVP_PKEY_sign_init(c);
	EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING);
	EVP_PKEY_CTX_set_signature_md(c, self.md);
	EVP_PKEY_sign(c, self.signature, &self.signature_len, hash,
	    sizeof hash);
	EVP_PKEY_CTX_free(c);
	put_base64(&self.value, self.signature, self.signature_len);
}

void
auth_message_make(size_t body)
{
	buf_clear(&self.body);
	buf_clear(&self.value);
	buf_clear(&self.signed_header);
	if (self.key == NULL)
		load_key();
	make_body(body);
	sign();
}

void
auth_message_free(void)
{
	buf_free(&self.body);
	buf_free(&self.value);
	buf_free(&self.signed_header);
	EVP_PKEY_CTX_free(self.verify);
	EVP_PKEY_free(self.key);
	EVP_MD_free(self.md);
	memset(&self, 0, sizeof self);
}

void
auth_message_bare(void)
{
	unsigned char hash[32];

	digest(&self.body, hash);
	digest(&self.signed_header, hash);
	if (EVP_PKEY_verify(self.verify, self.signature, self.signature_len,
	    hash, sizeof hash) != 1)
		BUG("the bare verification fails");
}

struct dkim_check *
auth_message_verify(enum dkim_engine engine)
{
	struct dkim_check *c = dkim_check_new(engine);
	const struct dkim_result *r;
	size_t i, n;

	dkim_check_header(c, "DKIM-Signature", self.value.data);
	for (i = 0; i < NFIELDS; i++)
		dkim_check_header(c, fields[i][0], fields[i][1]);
	dkim_check_end_of_header(c, clock_ms() + 1000);
	for (i = 0; i < self.body.len; i += n) {
		n = self.body.len - i < PIECE ? self.body.len - i : PIECE;
		dkim_check_body(c, self.body.data + i, n);
	}
	r = dkim_check_end(c);
	if (r->n != 1 || r->v[0].verdict != DKIM_VERDICT_PASS)
		BUG("a good signature does not pass");
	return c;
}
