/*
 * dkim_canon.h - header fields and bodies as signatures see them
 *
 * RFC 6376 section 3.4. A body comes in pieces that end anywhere; most of it
 * passes unchanged, many bytes at a time.
 */
#ifndef AUTH_DKIM_CANON_H
#define AUTH_DKIM_CANON_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

enum dkim_canon { DKIM_CANON_SIMPLE, DKIM_CANON_RELAXED };

/*
 * Appends a field with the CR LF at its end. The value is what stands behind
 * the colon; line ends in it are CR LF, LF or CR.
 */
void dkim_canon_field(struct buf *out, enum dkim_canon canon,
    const char *name, const char *value, size_t n);

/* Gets the canonical body, piece by piece. */
typedef void dkim_canon_sink(void *arg, const char *bytes, size_t n);

#define DKIM_CANON_STAGE 2048

struct dkim_body {
	enum dkim_canon canon;
	dkim_canon_sink *sink;
	void *arg;
	unsigned long long bytes;	/* handed on */
	/* of dkim_canon.c */
	unsigned long long lines;	/* empty ones that may be the last */
	bool blank;			/* a run of blanks is open */
	bool cr;			/* a CR, of which LF may come */
	bool open;			/* the last line has no end yet */
	size_t staged;
	char stage[DKIM_CANON_STAGE];	/* small pieces, to be few */
};

void dkim_body_init(struct dkim_body *b, enum dkim_canon canon,
    dkim_canon_sink *sink, void *arg);
void dkim_body_put(struct dkim_body *b, const char *bytes, size_t n);
/* The body is over: the rest is handed on, `bytes` is the length of all. */
void dkim_body_end(struct dkim_body *b);

#endif
