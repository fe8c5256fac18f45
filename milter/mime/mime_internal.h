/*
 * mime_internal.h - the parser's inside, shared by mime*.c
 *
 * mime.c finds lines and boundaries, mime_header.c fields, mime_read.c reads
 * their values, mime_part.c opens and closes parts and reports their bytes.
 */
#ifndef MIME_MIME_INTERNAL_H
#define MIME_MIME_INTERNAL_H

#include "base/buf.h"
#include "mime/charset.h"
#include "mime/mime.h"

enum mime_state {
	MIME_IN_HEADER,		/* of a part */
	MIME_IN_BODY,		/* of a part without parts */
	MIME_IN_NOTHING,	/* before the first part, behind the last */
	MIME_GIVEN_UP		/* too many parts: only the end matters */
};

/* The fields that describe a part; all others are skipped. */
enum mime_field { FIELD_TYPE, FIELD_ENCODING, FIELD_DISPOSITION, FIELDS,
	FIELD_NONE = FIELDS };

/* A part that has begun and not ended. */
struct mime_level {
	struct mime_part part;
	char *type, *charset, *names[MIME_NAMES];
	struct buf boundary;	/* of a multipart without its end */
	bool has_parts;
	bool digest;		/* its parts are messages unless they say */
	struct decoder decoder;
	struct charset *converter;	/* NULL: its text needs none */
	bool text;
};

struct mime {
	void (*reported)(void *arg, const struct mime_event *event);
	void *arg;
	enum mime_state state;
	struct mime_level levels[MIME_DEPTH + 2];
	size_t nlevels;
	unsigned nparts;
	unsigned faults;
	unsigned pending;	/* faults of the part whose header is read */
	struct buf fields[FIELDS];
	bool have[FIELDS];
	/* lines */
	/* the start of a line that must be seen as a whole */
	struct buf line;
	size_t header_bytes;	/* of this part, so far */
	enum mime_field field;	/* the one that a folded line goes on */
	bool at_start;		/* of a line */
	bool passing;		/* over the rest of a line too long */
	size_t nboundaries;	/* open ones */
	char eol[2];		/* end of line that may belong to a boundary */
	size_t neol;
	/* uuencode within a text */
	bool may_uu;		/* this part may hold some */
	struct buf uu_name;	/* of the last "begin" line */
	bool uu_begun;		/* it was the line before */
	bool in_uu;		/* the innermost level is a file in uuencode */
};

/* Without the white space at its end. */
size_t mime_trimmed(const char *line, size_t n);

/* One line of a part's header; false: it is the first of its body. */
bool mime_header_line(struct mime *m, const char *line, size_t n);

void mime_fault(struct mime *m, struct mime_level *level, unsigned fault);

/* Their values, into the level. */
void mime_part_read(struct mime *m, struct mime_level *level);
/* One more name of the file, owned by the parser from now on. */
void mime_part_name(struct mime_level *level, char *name);

/* The fields are there: the part begins, and the state is what follows. */
void mime_part_begin(struct mime *m);
void mime_part_begin_uu(struct mime *m);
/* The innermost ends. */
void mime_part_end(struct mime *m);
/* Bytes of the innermost, as they were sent. */
void mime_part_bytes(struct mime *m, const char *bytes, size_t n);
/* The same, decoded already. */
void mime_part_decoded(struct mime *m, const char *bytes, size_t n);

struct mime_level *mime_top(struct mime *m);

#endif
