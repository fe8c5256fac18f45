/*
 * mime.h - parses a message while it arrives (RFC 2045, 2046)
 *
 * A push parser: fed with the header fields and then with the body in pieces of
 * any size, it reports parts, their decoded bytes and their text. It keeps only
 * what the open parts need, within the limits below, whatever is sent. It does
 * not recurse.
 *
 * It reads as the programs do that show mail. Where those disagree it notes a
 * fault and reports what any of them would see: all values of a parameter or a
 * field that is there twice, a message that is attached as a file or encoded as
 * a whole, lines that are a boundary for some. A limit that is reached is a
 * fault, too: what lies beyond is not parsed.
 *
 * One parser is for one message and one thread at a time.
 */
#ifndef MIME_MIME_H
#define MIME_MIME_H

#include <stdbool.h>
#include <stddef.h>

#include "mime/decode.h"

#define MIME_DEPTH 50			/* parts within parts */
#define MIME_NESTED 4		/* messages within files within messages */
#define MIME_PARTS 1000
#define MIME_HEADER_BYTES (64 * 1024)	/* of a part; the rest is passed over */
#define MIME_BOUNDARY 256
#define MIME_NAME 1024			/* bytes of a file name */
#define MIME_NAMES 16	/* of one file, in all readings */

/*
 * What is not as it should be, one bit each. Those up to MIME_FAULT_LIMIT
 * keep a scanner from seeing everything, the others make a message that two
 * programs may read in two ways.
 */
enum mime_fault {
#define MIME_FAULT(id, bit, limit, words) MIME_##id = 1u << bit,
#include "mime/fault.def"
#undef MIME_FAULT
};

/* "parts are nested too deeply"; of one bit. */
const char *mime_fault_words(enum mime_fault fault);
/* The bits that keep a scanner from seeing everything. */
unsigned mime_fault_limits(void);

/* How some programs join lines of a text that others show as they are. */
enum mime_joined {
	MIME_NOT_JOINED,
	MIME_FLOWED,	/* blank and line end go: DelSp (RFC 3676) */
	MIME_UNFOLDED	/* line end and blank go (RFC 5545, 6350) */
};

/* Valid while the event is reported; the text is raw. */
struct mime_part {
	unsigned number;	/* 1 is the message, then as they begin */
	unsigned within;	/* number of the part around it, 0: none */
	unsigned depth;		/* 0 is the message */
	bool container;		/* holds parts, and has no bytes of its own */
	bool attached;		/* Content-Disposition: attachment */
	bool text;		/* it has MIME_TEXT: text/…, or a page */
	bool page;		/* HTML, by its type or its name ("a.html") */
	enum mime_joined joined;
	const char *type;	/* "text/plain", lower case, never NULL */
	const char *other_type;	/* of a second Content-Type; or NULL */
	const char *charset;	/* as declared, NULL: not */
	const char *names[MIME_NAMES];	/* of the file, UTF-8; every one that
				   some program reads, what most prefer first;
				   without repeats, line ends and NUL */
	size_t nnames;
	enum mime_encoding encoding;
	unsigned faults;	/* so far; at the END of part 1 those of all */
};

enum mime_what {
	MIME_BEGIN,
	MIME_BYTES,	/* decoded, of a part that holds no parts */
	MIME_TEXT,	/* the same as UTF-8, of texts; behind MIME_BYTES,
			   but for its pieces, which may be others; what needs
			   no conversion is without NUL and what chooses a
			   charset (ISO 2022) */
	MIME_OTHER,	/* another reading of that text: its bytes, as if they
			   needed none; of one in UTF-16, UTF-32, UTF-7, or
			   that begins as such (a file loses its charset) */
	MIME_END	/* of 1: the last of all */
};

struct mime_event {
	enum mime_what what;
	const struct mime_part *part;
	const char *bytes;	/* BYTES, TEXT, OTHER; else NULL */
	size_t n;		/* never 0 with bytes */
};

struct mime;

/* `reported` is called for each event, from within the calls below. */
struct mime *mime_new(void (*reported)(void *arg,
    const struct mime_event *event),
    void *arg);
void mime_free(struct mime *m);		/* NULL: nothing; no more events */

/* A field of the message's header, its value as it stands, folded or not. */
void mime_header(struct mime *m, const char *name, const char *value);
/* No more of them; part 1 begins. `cut`: some were left out. */
void mime_headers_end(struct mime *m, bool cut);
void mime_body(struct mime *m, const char *bytes, size_t n);
/* The message is over: what is open ends. Nothing may follow. */
void mime_end(struct mime *m);

#endif
