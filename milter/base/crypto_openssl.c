/*
 * crypto_openssl - by OpenSSL 3; the only includer of its headers
 *
 * libcrypto is loaded with the first hash or key (dlopen(3)): half of what it
 * takes to start a program that is linked to it goes to it, and few commands of
 * the tool need it. saywhyd is linked to it.
 */

#include "base/crypto.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/library.h"
#include "base/log.h"
#include "base/mem.h"

#define FUNCTIONS(F) \
	F(BN_free) F(BN_num_bits) F(ERR_clear_error) F(EVP_Digest) \
	F(EVP_DigestFinal_ex) F(EVP_DigestInit_ex2) F(EVP_DigestSign) \
	F(EVP_DigestSignInit_ex) F(EVP_DigestUpdate) F(EVP_DigestVerify) \
	F(EVP_DigestVerifyInit_ex) F(EVP_MD_CTX_copy_ex) F(EVP_MD_CTX_free) \
	F(EVP_MD_CTX_new) F(EVP_MD_fetch) F(EVP_PKEY_CTX_dup) \
	F(EVP_PKEY_CTX_free) F(EVP_PKEY_CTX_new_from_pkey) \
	F(EVP_PKEY_CTX_set_rsa_padding) F(EVP_PKEY_CTX_set_signature_md) \
	F(EVP_PKEY_free) F(EVP_PKEY_get_base_id) F(EVP_PKEY_get_bits) \
	F(EVP_PKEY_get_bn_param) F(EVP_PKEY_get_raw_public_key) \
	F(EVP_PKEY_new_raw_private_key_ex) F(EVP_PKEY_new_raw_public_key_ex) \
	F(EVP_PKEY_verify) F(EVP_PKEY_verify_init) F(EVP_blake2b512) \
	F(d2i_PUBKEY) F(d2i_PublicKey)

LIBRARY_OF(FUNCTIONS, SAYWHY_LIBCRYPTO, "nothing is signed or verified")

static EVP_MD *digest_of_256;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/*
 * Each fetch searches the providers: 1 us, ten times as long as a small hash.
 */
static void
fetch(void)
{
	if (!is_there())
		BUG("OpenSSL is not there");
	digest_of_256 = lib.EVP_MD_fetch(NULL, "SHA256", NULL);
	if (digest_of_256 == NULL)
		BUG("OpenSSL has no SHA-256");
}

struct sha256 *
sha256_new(void)
{
	EVP_MD_CTX *h;

	pthread_once(&once, fetch);
	h = lib.EVP_MD_CTX_new();
	if (h == NULL || lib.EVP_DigestInit_ex2(h, digest_of_256, NULL) != 1)
		mem_gone();
	return (struct sha256 *)h;
}

void
sha256_put(struct sha256 *h, const void *bytes, size_t n)
{
	if (lib.EVP_DigestUpdate((EVP_MD_CTX *)h, bytes, n) != 1)
		BUG("a hash that takes no bytes");
}

struct sha256 *
sha256_copy(const struct sha256 *h)
{
	EVP_MD_CTX *copy = lib.EVP_MD_CTX_new();

	if (copy == NULL || lib.EVP_MD_CTX_copy_ex(copy,
	    (const EVP_MD_CTX *)h) != 1)
		mem_gone();
	return (struct sha256 *)copy;
}

void
sha256_end(struct sha256 *h, unsigned char digest[SHA256_BYTES])
{
	unsigned n = 0;

	if (lib.EVP_DigestFinal_ex((EVP_MD_CTX *)h, digest, &n) != 1 ||
	    n != SHA256_BYTES)
		BUG("a hash that does not end");
}

void
sha256_free(struct sha256 *h)
{
	if (h != NULL)
		lib.EVP_MD_CTX_free((EVP_MD_CTX *)h);
}

struct public_key {
	enum public_key_type type;
	EVP_PKEY *key;
	/* RSA: ready to use; each verification works on a copy */
	EVP_PKEY_CTX *verify;
};

static EVP_PKEY *
read_rsa(const unsigned char *bytes, size_t n)
{
	const unsigned char *at = bytes;
	EVP_PKEY *key = lib.d2i_PUBKEY(NULL, &at, (long)n);

	at = bytes;
	if (key == NULL)
		key = lib.d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)n);
	if (key == NULL || lib.EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
		return key;
	lib.EVP_PKEY_free(key);
	return NULL;
}

static EVP_PKEY_CTX *
ready_rsa(EVP_PKEY *key)
{
	EVP_PKEY_CTX *c = lib.EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

	if (c != NULL && lib.EVP_PKEY_verify_init(c) == 1 &&
	    lib.EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) == 1 &&
	    lib.EVP_PKEY_CTX_set_signature_md(c, digest_of_256) == 1)
		return c;
	lib.EVP_PKEY_CTX_free(c);
	return NULL;
}

struct public_key *
public_key_new(enum public_key_type type, const unsigned char *bytes, size_t n)
{
	struct public_key *k = mem_alloc(sizeof *k);

	pthread_once(&once, fetch);
	k->type = type;
	if (type == PUBLIC_KEY_RSA) {
		k->key = read_rsa(bytes, n);
		if (k->key != NULL)
			k->verify = ready_rsa(k->key);
	} else if (n == ED25519_BYTES) {
		k->key = lib.EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519",
		    NULL, bytes, n);
	}
	lib.ERR_clear_error();
	if (k->key != NULL && (k->verify != NULL ||
	    type == PUBLIC_KEY_ED25519))
		return k;
	public_key_free(k);
	return NULL;
}

void
public_key_free(struct public_key *k)
{
	if (k == NULL)
		return;
	lib.EVP_PKEY_CTX_free(k->verify);
	lib.EVP_PKEY_free(k->key);
	free(k);
}

enum public_key_type
public_key_type(const struct public_key *k)
{
	return k->type;
}

unsigned
public_key_bits(const struct public_key *k)
{
	return (unsigned)lib.EVP_PKEY_get_bits(k->key);
}

unsigned
public_key_exponent_bits(const struct public_key *k)
{
	BIGNUM *e = NULL;
	unsigned bits = 0;

	if (k->type == PUBLIC_KEY_RSA &&
	    lib.EVP_PKEY_get_bn_param(k->key, OSSL_PKEY_PARAM_RSA_E, &e) == 1)
		bits = (unsigned)lib.BN_num_bits(e);
	lib.BN_free(e);
	return bits;
}

static bool
verifies_rsa(const struct public_key *k, const unsigned char *digest,
    const unsigned char *signature, size_t n)
{
	EVP_PKEY_CTX *c = lib.EVP_PKEY_CTX_dup(k->verify);
	bool good;

	if (c == NULL)
		mem_gone();
	good = lib.EVP_PKEY_verify(c, signature, n, digest, SHA256_BYTES) == 1;
	lib.EVP_PKEY_CTX_free(c);
	return good;
}

static bool
verifies_ed25519(const struct public_key *k, const void *message, size_t len,
    const unsigned char *signature, size_t n)
{
	EVP_MD_CTX *c = lib.EVP_MD_CTX_new();
	bool good;

	if (c == NULL || lib.EVP_DigestVerifyInit_ex(c, NULL, NULL, NULL, NULL,
	    k->key, NULL) != 1)
		mem_gone();
	good = lib.EVP_DigestVerify(c, signature, n, message, len) == 1;
	lib.EVP_MD_CTX_free(c);
	return good;
}

bool
public_key_verifies(const struct public_key *k,
    const unsigned char digest[SHA256_BYTES], const unsigned char *signature,
    size_t n)
{
	bool good = k->type == PUBLIC_KEY_RSA ?
	    verifies_rsa(k, digest, signature, n) :
	    verifies_ed25519(k, digest, SHA256_BYTES, signature, n);

	/* OpenSSL keeps errors for each thread; nobody reads these. */
	lib.ERR_clear_error();
	return good;
}

bool
public_key_verifies_message(const struct public_key *k, const void *message,
    size_t n, const unsigned char signature[ED25519_SIGNATURE])
{
	bool good = k->type == PUBLIC_KEY_ED25519 &&
	    verifies_ed25519(k, message, n, signature, ED25519_SIGNATURE);

	lib.ERR_clear_error();
	return good;
}

void
blake2b(const void *bytes, size_t n, unsigned char digest[BLAKE2B_BYTES])
{
	unsigned len = 0;

	pthread_once(&once, fetch);
	if (lib.EVP_Digest(bytes, n, digest, &len, lib.EVP_blake2b512(),
	    NULL) != 1 || len != BLAKE2B_BYTES)
		BUG("OpenSSL has no BLAKE2b");
}

static EVP_PKEY *
private_key(const unsigned char seed[ED25519_BYTES])
{
	EVP_PKEY *key;

	pthread_once(&once, fetch);
	key = lib.EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, seed,
	    ED25519_BYTES);
	if (key == NULL)
		mem_gone();
	return key;
}

void
ed25519_public(const unsigned char seed[ED25519_BYTES],
    unsigned char key[ED25519_BYTES])
{
	EVP_PKEY *pair = private_key(seed);
	size_t n = ED25519_BYTES;

	if (lib.EVP_PKEY_get_raw_public_key(pair, key, &n) != 1)
		BUG("a key without a public half");
	lib.EVP_PKEY_free(pair);
}

void
ed25519_sign(const unsigned char seed[ED25519_BYTES], const void *message,
    size_t n, unsigned char signature[ED25519_SIGNATURE])
{
	EVP_PKEY *pair = private_key(seed);
	EVP_MD_CTX *c = lib.EVP_MD_CTX_new();
	size_t len = ED25519_SIGNATURE;

	if (c == NULL || lib.EVP_DigestSignInit_ex(c, NULL, NULL, NULL, NULL,
	    pair, NULL) != 1 || lib.EVP_DigestSign(c, signature, &len, message,
	    n) != 1)
		mem_gone();
	lib.EVP_MD_CTX_free(c);
	lib.EVP_PKEY_free(pair);
}
