/*
 * mime_internal.h - the parser's inside, shared by mime*.c
 *
 * mime.c finds lines and boundaries, mime_header.c fields, mime_read.c reads
 * what they tell, mime_part.c opens and closes parts and tells of their bytes,
 * mime_text.c of their text, mime_inline.c finds files within one.
 */
#ifndef MIME_MIME_INTERNAL_H
#define MIME_MIME_INTERNAL_H

#include "base/buf.h"
#include "mime/charset.h"
#include "mime/mime.h"

#define MIME_SAME 4	/* fields of one name, and boundaries, that are read */

enum mime_state {
	MIME_IN_HEADER,		/* of a part */
	MIME_IN_BODY,		/* of a part without parts */
	MIME_IN_NOTHING,	/* before the first part, behind the last */
	MIME_GIVEN_UP		/* too many parts: only the end matters */
};

/* The fields that tell of a part, and two that may name it; what else there is
   is passed over. */
enum mime_field { FIELD_TYPE, FIELD_ENCODING, FIELD_DISPOSITION,
	FIELD_LOCATION, FIELD_DESCRIPTION, FIELDS };

/* The text of a part on its way to UTF-8. */
struct mime_text {
	struct charset *converter;	/* NULL: it needs none */
	bool other;		/* it is MIME_OTHER as well */
	char head[2];		/* its first bytes */
	size_t nhead;
	char escape[3];		/* what may be passed over, so far */
	size_t nescape;
};

/* A part that has begun and not ended. */
struct mime_level {
	struct mime_part part;
	char *type, *other_type, *charset, *names[MIME_NAMES];
	struct buf boundary;	/* of a multipart; empty: it has none */
	struct buf others[MIME_SAME];	/* what the boundary may be as well */
	bool ended;		/* its last part has ended */
	bool has_parts;
	bool digest;		/* its parts are messages unless they say */
	struct decoder decoder;
	struct mime *inner;	/* of a message that is a file, or encoded */
	struct mime_text text;
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
	struct buf fields[FIELDS][MIME_SAME];
	size_t nfields[FIELDS];
	/* lines */
	/* the start of a line that must be seen as a whole */
	struct buf line;
	size_t header_bytes;	/* of this part, so far */
	struct buf *field;	/* the field that a folded line continues, or
				   NULL: it is not kept */
	bool at_start;		/* of a line */
	bool passing;		/* over the rest of a line too long */
	size_t nboundaries;	/* open ones */
	char eol[2];		/* end of line that may belong to a boundary */
	size_t neol;
	int cr;			/* of "\r--" within a line, seen so far */
	/* a file within a text */
	bool may_inline;	/* this part may hold some */
	struct buf inline_name;	/* of the "begin" line just seen */
	enum inline_kind begun;	/* it was the line before */
	enum inline_kind within;	/* the innermost level is such a file */
	/* a message within a file; 0 of the outermost */
	unsigned nesting, base_depth, within_part;
};

/* The end of the line before, which was no boundary's, is content. */
void mime_put_eol(struct mime *m);

/* A line of a text in which a file may stand: uuencode, base64 or yEnc. False:
   it is none of the file's. */
bool mime_inline_line(struct mime *m, const char *line, size_t n);
/* The line is too long for one: the file ends. */
void mime_inline_broken(struct mime *m);

/* Without the white space at its end. */
size_t mime_trimmed(const char *line, size_t n);

/* One line of a part's header; false: it is the first of its body. */
bool mime_header_line(struct mime *m, const char *line, size_t n);

void mime_fault(struct mime *m, struct mime_level *level, unsigned fault);

/* What they tell, into the level. True: its bytes are a message. */
bool mime_part_read(struct mime *m, struct mime_level *level);
/* One more name of the file, and what programs make of it. */
void mime_part_name(struct mime *m, struct mime_level *level, const char *name,
    size_t n);

/* The fields are there: the part begins, and the state is what follows. */
void mime_part_begin(struct mime *m);
void mime_part_begin_inline(struct mime *m);
/* The innermost ends. */
void mime_part_end(struct mime *m);
/* Bytes of the innermost, as they were sent. */
void mime_part_bytes(struct mime *m, const char *bytes, size_t n);
/* The same, decoded already. */
void mime_part_decoded(struct mime *m, const char *bytes, size_t n);

/* Whoever reads the message is told; bytes NULL with n 0. */
static inline void
mime_tell(struct mime *m, const struct mime_level *level, enum mime_what what,
    const char *bytes, size_t n)
{
	struct mime_event event = { .what = what, .part = &level->part,
		.bytes = bytes, .n = n };

	m->reported(m->arg, &event);
}

/* Of a part that is a text, its decoded bytes (mime_text.c). */
void mime_text_open(struct mime *m, struct mime_level *level);
void mime_text_put(struct mime *m, struct mime_level *level, const char *bytes,
    size_t n);
void mime_text_end(struct mime *m, struct mime_level *level);

struct mime_level *mime_top(struct mime *m);

#endif
