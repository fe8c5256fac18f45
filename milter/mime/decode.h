/*
 * decode.h - content transfer encodings, piece by piece
 *
 * base64 and quoted-printable of RFC 2045 section 6, read as the programs do
 * that show mail: what does not belong there is passed over and noted. The
 * bytes may be cut anywhere. One thread at a time.
 */
#ifndef MIME_DECODE_H
#define MIME_DECODE_H

#include <stdbool.h>
#include <stddef.h>

enum mime_encoding { MIME_AS_IS, MIME_BASE64, MIME_QUOTED, MIME_UUENCODE };

/* Zeroed but for `encoding` is the start. */
struct decoder {
	enum mime_encoding encoding;
	bool faulty;		/* something was not as it must be */
	bool padded;		/* base64: its end has come */
	int pads;		/* base64: "=" that must still come */
	unsigned bits, nbits;	/* base64: not yet written */
	char carried[2];		/* quoted-printable: "=", "=4", "=\r" */
	size_t npending;
	size_t nblanks;		/* quoted-printable: behind "=" */
};

/*
 * Decodes what fits in `out` (at least 4 in room): *in moves to what is left.
 * Returns how much was written. Not for MIME_AS_IS and MIME_UUENCODE.
 */
size_t decode_put(struct decoder *d, const char **in, const char *end,
    char *out, size_t room);

/* The end has come: writes the rest, at most 2 bytes. */
size_t decode_end(struct decoder *d, char *out);

/*
 * One line of uuencode, without its end, to at most 45 bytes. -1: it is none.
 * "end" and an empty line give 0.
 */
int decode_uu_line(const char *line, size_t n, char *out);

/* Files within a text, and how they are written there. */
enum inline_kind { INLINE_NONE, INLINE_UU, INLINE_BASE64, INLINE_YENC };

/* Is it "begin 644 name", "begin-base64 644 name", "=ybegin … name=name"?
   Then *name is where the name begins. */
enum inline_kind decode_inline_begin(const char *line, size_t n,
    const char **name);

/* One line of yEnc, without its end, to at most n bytes. */
size_t decode_yenc_line(const char *line, size_t n, char *out);

/* By name, as in Content-Transfer-Encoding; false when it is none. */
bool decode_find(const char *name, enum mime_encoding *encoding);

#endif
