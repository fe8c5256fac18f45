/*
 * minisign.h - signatures of files, as minisign(1) makes and checks them
 *
 * A signature is a text of four lines: a comment that nobody vouches for, the
 * signature of the file (of its BLAKE2b digest, or of all of it as before
 * minisign 0.8), a comment that is signed, and the signature over both. The
 * signed comment says when it was made and of which file:
 *
 *	trusted comment: timestamp:1767225600	file:deny.cdb	hashed
 *
 * so that an older list, or another one of the same hand, is known as such.
 * Texts come from anywhere. A key is read only; any thread.
 */
#ifndef LISTS_MINISIGN_H
#define LISTS_MINISIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct public_key;

#define MINISIGN_ID 8		/* bytes of the number of a key */
#define MINISIGN_TEXT_MAX 8192	/* no signature and no key is longer */

struct minisign_key {
	unsigned char id[MINISIGN_ID];
	struct public_key *key;
};

/* Those of which any may have signed. Zeroed: none. */
struct minisign_keys {
	struct minisign_key *v;
	size_t n, cap;
};

/*
 * Adds one: the line "RW..." of a public key, or the whole text of its file.
 * False with words in errmsg.
 */
bool minisign_keys_add(struct minisign_keys *keys, const char *text,
    struct buf *errmsg);
void minisign_keys_free(struct minisign_keys *keys);

struct minisign {
	bool hashed;		/* of the digest, not of the bytes themselves */
	unsigned char id[MINISIGN_ID];
	unsigned char signature[64], over_both[64];
	char *comment;		/* the signed one */
	int64_t made;		/* seconds since 1970; 0: it does not say */
	char *file;		/* NULL: it does not say */
};

/*
 * Reads one. False with words in errmsg; minisign_free() either way. Nothing in
 * it is true before it was verified.
 */
bool minisign_read(struct minisign *m, const char *text, struct buf *errmsg);
void minisign_free(struct minisign *m);

/* Is its comment, and so `made` and `file`, signed by one of the keys? */
bool minisign_verifies_comment(const struct minisign *m,
    const struct minisign_keys *keys, struct buf *errmsg);
/* That, and are these the bytes? */
bool minisign_verifies(const struct minisign *m,
    const struct minisign_keys *keys, const void *bytes, size_t n,
    struct buf *errmsg);

/*
 * Appends a signature of these bytes, to be kept as `file`.minisig, by a secret
 * key, which is the text of its file; one with a password is refused, for
 * nobody is there to type it.
 */
bool minisign_sign(const char *secret, const char *file, int64_t now,
    const void *bytes, size_t n, struct buf *out, struct buf *errmsg);

#endif
