/*
 * load_proto.h - the milter protocol, version 6, as the MTA speaks it
 *
 * Packets are a length of four bytes, a letter, and data (Sendmail's
 * libmilter/mfdef.h names the letters and flags). Nothing here does I/O.
 */
#ifndef LOAD_PROTO_H
#define LOAD_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* What an MTA asks a filter about, in turn. */
enum step { STEP_NEGOTIATE, STEP_CONNECT, STEP_HELO, STEP_MAIL, STEP_RCPT,
	STEP_DATA, STEP_HEADER, STEP_EOH, STEP_BODY, STEP_EOM, STEPS };

struct step_row {
	const char *name;
	char letter;
	uint32_t skipped_by;	/* the filter does not want the step */
	uint32_t unanswered_by;	/* ... or will not answer it */
	int macros;		/* index of its list of macros, -1: none */
	const char *macro_names;	/* sent when the filter names none */
};

extern const struct step_row step_rows[STEPS];

enum {
	PROTO_VERSION = 6,
	PROTO_ALL_ACTIONS = 0x1ff,	/* SMFIF_*, as Postfix 3.7 offers */
	PROTO_ALL_FLAGS = 0x1fffff,	/* SMFIP_*, the same */
	PROTO_LEADING_SPACE = 0x100000,	/* header values as they came */
	PROTO_MACRO_LISTS = 7,
	PROTO_CHUNK = 65535,		/* body bytes in a packet */
	PROTO_MAX = 1 << 20,		/* longest packet a filter may send */
};

#define PROTO_ABORT 'A'
#define PROTO_QUIT 'Q'
#define PROTO_MACROS 'D'

/* What a filter asked for; owns its lists. */
struct negotiated {
	uint32_t version, actions, flags;
	char *macros[PROTO_MACRO_LISTS];	/* NULL: what is usual */
};

/* Appends a packet. */
void proto_put(struct buf *out, char letter, const void *data, size_t n);

/*
 * The first packet in n bytes: its letter and data. Returns its size, 0 when
 * it is not all there, -1 when no filter would say that.
 */
long proto_get(const char *bytes, size_t n, char *letter, const char **data,
    size_t *len);

/* The MTA's offer. */
void proto_put_offer(struct buf *out, uint32_t actions, uint32_t flags);

/* The filter's answer to it; false when it is none. Clear n in any case. */
bool proto_negotiated(struct negotiated *n, const char *data, size_t len);
void proto_clear(struct negotiated *n);

/* Does the filter want the step, and will it answer? */
bool proto_wanted(const struct negotiated *n, enum step step);
bool proto_answered(const struct negotiated *n, enum step step);

/* "continue", "reply code" ...; NULL for a letter that is no answer. */
const char *proto_answer_name(char letter);

/* More follows before the answer itself: progress and changes to a message. */
bool proto_answer_goes_on(char letter);

#endif
