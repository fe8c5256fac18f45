/*
 * stage.h - where in an SMTP session something is so
 *
 * The stages in the order in which a session reaches them (RFC 5321 section
 * 4.1.4), and the scopes: how long what was found at a stage stays true.
 */
#ifndef MODEL_STAGE_H
#define MODEL_STAGE_H

enum stage {
	STAGE_CONNECT,
	STAGE_HELO,
	STAGE_MAIL,
	STAGE_RCPT,
	STAGE_DATA,
	STAGE_HEADERS,	/* the end of the header */
	STAGE_MESSAGE	/* the final dot */
};
#define STAGE_COUNT 7

/* From the longest lived to the shortest. */
enum scope { SCOPE_CONNECTION, SCOPE_GREETING, SCOPE_MESSAGE,
	SCOPE_RECIPIENT };

/* "connect", "helo", … as in configuration, records and the manual. */
const char *stage_name(enum stage stage);

/*
 * How long a finding made at this stage lives: until the next event of the
 * same scope or a longer one. A finding of RCPT is the recipient's.
 */
enum scope stage_scope(enum stage stage);

/* One bit a stage, for sets of stages. */
#define STAGE_BIT(stage) (1u << (stage))

#endif
