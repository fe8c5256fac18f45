/*
 * crypto.h - SHA-256, BLAKE2b, and signatures by RSA and Ed25519
 *
 * What the library has to look up (a digest, a key's arithmetic) is looked up
 * once, not for each use. A hash belongs to one thread at a time; a public key
 * is read only, so that any threads may use it at once.
 */
#ifndef BASE_CRYPTO_H
#define BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>

#define SHA256_BYTES 32
#define BLAKE2B_BYTES 64
#define ED25519_BYTES 32	/* of a public key, and of a seed */
#define ED25519_SIGNATURE 64

/* A hash of bytes as they come; sha256_end() may be called once. */
struct sha256;
struct sha256 *sha256_new(void);
void sha256_put(struct sha256 *h, const void *bytes, size_t n);
/* One that has seen the same bytes; each goes on by itself. */
struct sha256 *sha256_copy(const struct sha256 *h);
void sha256_end(struct sha256 *h, unsigned char digest[SHA256_BYTES]);
void sha256_free(struct sha256 *h);	/* NULL: nothing */

enum public_key_type { PUBLIC_KEY_RSA, PUBLIC_KEY_ED25519 };

struct public_key;

/*
 * RSA: DER, as a SubjectPublicKeyInfo (RFC 5280) or as a bare RSAPublicKey
 * (RFC 8017). Ed25519: the 32 bytes of RFC 8032. NULL: it is no such key.
 */
struct public_key *public_key_new(enum public_key_type type,
    const unsigned char *bytes, size_t n);
void public_key_free(struct public_key *k);	/* NULL: nothing */

enum public_key_type public_key_type(const struct public_key *k);
unsigned public_key_bits(const struct public_key *k);
/* Of the exponent of an RSA key: what a verification costs grows with it. */
unsigned public_key_exponent_bits(const struct public_key *k);

/* The memory that one key takes, about, for callers that keep many. */
#define PUBLIC_KEY_MEMORY 4096

/*
 * Is it a signature of this digest? RSA: RSASSA-PKCS1-v1_5 with SHA-256
 * (RFC 8017 section 8.2). Ed25519: PureEdDSA with the digest as the message
 * (RFC 8463 section 3).
 */
bool public_key_verifies(const struct public_key *k,
    const unsigned char digest[SHA256_BYTES], const unsigned char *signature,
    size_t n);

/* The same for any message, with a key of Ed25519 (RFC 8032). */
bool public_key_verifies_message(const struct public_key *k,
    const void *message, size_t n,
    const unsigned char signature[ED25519_SIGNATURE]);

/* BLAKE2b-512 of n bytes, without a key (RFC 7693). */
void blake2b(const void *bytes, size_t n, unsigned char digest[BLAKE2B_BYTES]);

/* By the seed, which is the secret half of an Ed25519 key (RFC 8032 5.1.5). */
void ed25519_public(const unsigned char seed[ED25519_BYTES],
    unsigned char key[ED25519_BYTES]);
void ed25519_sign(const unsigned char seed[ED25519_BYTES],
    const void *message, size_t n,
    unsigned char signature[ED25519_SIGNATURE]);

#endif
