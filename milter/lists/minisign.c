/* minisign - signatures of files, as minisign(1) makes and checks them */

#include "lists/minisign.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/mem.h"
#include "mime/decode.h"

#define UNTRUSTED "untrusted comment: "
#define TRUSTED "trusted comment: "

/* Behind "Ed" or "ED" and the number of the key. */
#define HEAD (2 + MINISIGN_ID)
#define KEY_BYTES (HEAD + ED25519_BYTES)
#define SIGNATURE_BYTES (HEAD + ED25519_SIGNATURE)

/*
 * Of a secret key: "Ed", how it is locked, its checksum's kind, salt and cost
 * of the lock; the number, the seed, the public half, the checksum.
 */
#define SECRET_LOCK 2
#define SECRET_ID (2 + 2 + 2 + 32 + 8 + 8)
#define SECRET_SEED (SECRET_ID + MINISIGN_ID)
#define SECRET_PUBLIC (SECRET_SEED + ED25519_BYTES)
#define SECRET_BYTES (SECRET_PUBLIC + ED25519_BYTES + 32)

/* The line at *at, without its end; moves on. Zero at the end of the text. */
static size_t
next_line(const char **at, const char **line)
{
	size_t n = strcspn(*at, "\n");

	*line = *at;
	*at += n + ((*at)[n] == '\n');
	return n > 0 && (*line)[n - 1] == '\r' ? n - 1 : n;
}

/* Exactly `want` bytes of base64, without a fault. */
static bool
read_base64(const char *text, size_t n, unsigned char *bytes, size_t want)
{
	struct decoder d = { .encoding = MIME_BASE64 };
	char out[SECRET_BYTES + 4];
	const char *at = text;
	size_t got;

	if (n != (want + 2) / 3 * 4)
		return false;
	got = decode_put(&d, &at, text + n, out, sizeof out);
	got += decode_end(&d, out + got);
	if (d.faulty || at != text + n || got != want)
		return false;
	memcpy(bytes, out, want);
	return true;
}

static void
put_base64(struct buf *out, const unsigned char *bytes, size_t n)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits;
	size_t i;

	for (i = 0; i < n; i += 3) {
		bits = (unsigned)bytes[i] << 16;
		if (i + 1 < n)
			bits |= (unsigned)bytes[i + 1] << 8;
		if (i + 2 < n)
			bits |= bytes[i + 2];
		buf_putc(out, letters[bits >> 18]);
		buf_putc(out, letters[bits >> 12 & 63]);
		buf_putc(out, i + 1 < n ? letters[bits >> 6 & 63] : '=');
		buf_putc(out, i + 2 < n ? letters[bits & 63] : '=');
	}
}

/* The line of base64 in a key's file, behind its comment; or the text alone. */
static bool
read_key_text(const char *text, unsigned char *bytes, size_t want)
{
	const char *line;
	size_t n = next_line(&text, &line);

	if (n >= strlen(UNTRUSTED) - 1 &&
	    strncmp(line, UNTRUSTED, strlen(UNTRUSTED) - 1) == 0)
		n = next_line(&text, &line);
	return read_base64(line, n, bytes, want);
}

bool
minisign_keys_add(struct minisign_keys *keys, const char *text,
    struct buf *errmsg)
{
	unsigned char bytes[KEY_BYTES];
	struct public_key *key = NULL;
	struct minisign_key *k;

	if (read_key_text(text, bytes, sizeof bytes) &&
	    memcmp(bytes, "Ed", 2) == 0)
		key = public_key_new(PUBLIC_KEY_ED25519, bytes + HEAD,
		    ED25519_BYTES);
	if (key == NULL) {
		buf_puts(errmsg, "is no public key of minisign, which is 56 "
		    "letters and begins with RW");
		return false;
	}
	keys->v = mem_room(keys->v, keys->n, &keys->cap, sizeof *keys->v);
	k = &keys->v[keys->n++];
	memcpy(k->id, bytes + 2, MINISIGN_ID);
	k->key = key;
	return true;
}

void
minisign_keys_free(struct minisign_keys *keys)
{
	while (keys->n > 0)
		public_key_free(keys->v[--keys->n].key);
	free(keys->v);
	memset(keys, 0, sizeof *keys);
}

/* "timestamp:N" and "file:NAME", between tabs. */
static void
read_comment(struct minisign *m)
{
	const char *at = m->comment;
	size_t n;

	for (; *at != '\0'; at += n + (at[n] == '\t')) {
		n = strcspn(at, "\t");
		if (strncmp(at, "timestamp:", 10) == 0)
			m->made = strtoll(at + 10, NULL, 10);
		else if (strncmp(at, "file:", 5) == 0 && m->file == NULL)
			m->file = mem_ndup(at + 5, n - 5);
	}
}

bool
minisign_read(struct minisign *m, const char *text, struct buf *errmsg)
{
	unsigned char bytes[SIGNATURE_BYTES];
	const char *line;
	size_t n = next_line(&text, &line);
	bool good;

	memset(m, 0, sizeof *m);
	good = strncmp(line, UNTRUSTED, strlen(UNTRUSTED) - 1) == 0;
	n = next_line(&text, &line);
	good = good && read_base64(line, n, bytes, sizeof bytes) &&
	    (memcmp(bytes, "ED", 2) == 0 || memcmp(bytes, "Ed", 2) == 0);
	n = next_line(&text, &line);
	good = good && n >= strlen(TRUSTED) &&
	    strncmp(line, TRUSTED, strlen(TRUSTED)) == 0;
	if (good)
		m->comment = mem_ndup(line + strlen(TRUSTED),
		    n - strlen(TRUSTED));
	n = next_line(&text, &line);
	if (!good || !read_base64(line, n, m->over_both,
	    sizeof m->over_both)) {
		buf_puts(errmsg, "is no signature of minisign");
		return false;
	}
	m->hashed = bytes[1] == 'D';
	memcpy(m->id, bytes + 2, MINISIGN_ID);
	memcpy(m->signature, bytes + HEAD, ED25519_SIGNATURE);
	read_comment(m);
	return true;
}

void
minisign_free(struct minisign *m)
{
	free(m->comment);
	free(m->file);
	memset(m, 0, sizeof *m);
}

/* As minisign writes the number of a key. */
static void
put_id(struct buf *out, const unsigned char id[MINISIGN_ID])
{
	int i;

	for (i = MINISIGN_ID - 1; i >= 0; i--)
		buf_printf(out, "%02X", id[i]);
}

static const struct public_key *
key_of(const struct minisign *m, const struct minisign_keys *keys,
    struct buf *errmsg)
{
	size_t i;

	for (i = 0; i < keys->n; i++)
		if (memcmp(keys->v[i].id, m->id, MINISIGN_ID) == 0)
			return keys->v[i].key;
	buf_puts(errmsg, "is signed by the key ");
	put_id(errmsg, m->id);
	buf_puts(errmsg, ", which is none of public-key");
	return NULL;
}

bool
minisign_verifies_comment(const struct minisign *m,
    const struct minisign_keys *keys, struct buf *errmsg)
{
	const struct public_key *key = key_of(m, keys, errmsg);
	struct buf both = BUF_INIT;
	bool good;

	if (key == NULL)
		return false;
	buf_put(&both, m->signature, ED25519_SIGNATURE);
	buf_puts(&both, m->comment);
	good = public_key_verifies_message(key, both.data, both.len,
	    m->over_both);
	buf_free(&both);
	if (!good)
		buf_puts(errmsg, "has a wrong signature of its comment");
	return good;
}

bool
minisign_verifies(const struct minisign *m, const struct minisign_keys *keys,
    const void *bytes, size_t n, struct buf *errmsg)
{
	unsigned char digest[BLAKE2B_BYTES];

	if (!minisign_verifies_comment(m, keys, errmsg))
		return false;
	if (m->hashed) {
		blake2b(bytes, n, digest);
		bytes = digest;
		n = sizeof digest;
	}
	if (public_key_verifies_message(key_of(m, keys, errmsg), bytes, n,
	    m->signature))
		return true;
	buf_puts(errmsg, "has a wrong signature");
	return false;
}

static bool
read_secret(const char *text, unsigned char bytes[SECRET_BYTES],
    struct buf *errmsg)
{
	static const unsigned char unlocked[2] = { 0, 0 };
	unsigned char key[ED25519_BYTES];

	if (!read_key_text(text, bytes, SECRET_BYTES) ||
	    memcmp(bytes, "Ed", 2) != 0) {
		buf_puts(errmsg, "is no secret key of minisign");
		return false;
	}
	if (memcmp(bytes + SECRET_LOCK, unlocked, sizeof unlocked) != 0) {
		buf_puts(errmsg, "has a password, and nobody is there to type "
		    "it: sign with minisign -S, or take it off with "
		    "minisign -C -W");
		return false;
	}
	ed25519_public(bytes + SECRET_SEED, key);
	if (memcmp(key, bytes + SECRET_PUBLIC, sizeof key) == 0)
		return true;
	buf_puts(errmsg, "is damaged: its halves do not fit each other");
	return false;
}

bool
minisign_sign(const char *secret, const char *file, int64_t now,
    const void *bytes, size_t n, struct buf *out, struct buf *errmsg)
{
	unsigned char key[SECRET_BYTES], digest[BLAKE2B_BYTES];
	unsigned char made[SIGNATURE_BYTES] = { 'E', 'D' };
	unsigned char over_both[ED25519_SIGNATURE];
	struct buf both = BUF_INIT;

	if (!read_secret(secret, key, errmsg))
		return false;
	memcpy(made + 2, key + SECRET_ID, MINISIGN_ID);
	blake2b(bytes, n, digest);
	ed25519_sign(key + SECRET_SEED, digest, sizeof digest, made + HEAD);
	buf_put(&both, made + HEAD, ED25519_SIGNATURE);
	buf_printf(&both, "timestamp:%" PRId64 "\tfile:%s\thashed", now, file);
	ed25519_sign(key + SECRET_SEED, both.data, both.len, over_both);
	explicit_bzero(key, sizeof key);
	buf_puts(out, UNTRUSTED "signed by saywhy list build\n");
	put_base64(out, made, sizeof made);
	buf_printf(out, "\n" TRUSTED "%s\n", both.data + ED25519_SIGNATURE);
	put_base64(out, over_both, sizeof over_both);
	buf_putc(out, '\n');
	buf_free(&both);
	return true;
}
