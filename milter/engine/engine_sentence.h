/*
 * engine_sentence.h - what a reply of Postfix tells of its session by its form
 *
 * smtpd(8) answers some commands before any filter sees them: the greeting of a
 * client that it refuses, what it cannot read, what its own restrictions refuse
 * at MAIL. The session that a filter knows is then a step behind. But the
 * sentences are known, from smtpd.c and smtpd_check.c, and each belongs to one
 * command. Pure.
 */
#ifndef ENGINE_ENGINE_SENTENCE_H
#define ENGINE_ENGINE_SENTENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/net.h"
#include "model/stage.h"

struct reply;

/* What stands in front: "<ADDRESS>: words". */
enum sentence_about { NAMES_NOTHING, NAMES_CLIENT, NAMES_HELO, NAMES_SENDER,
	NAMES_RCPT };

/* Where it is no single stage: any; that of the command after the last one
 * that a filter received; EHLO or whatever a restriction waited for; MAIL where
 * the sender is not in ASCII, else RCPT. */
enum { SENTENCE_ANY = -1, SENTENCE_NEXT = -2, SENTENCE_HELO = -3,
	SENTENCE_UTF8 = -4 };

struct sentence {
	bool known;		/* it is one of Postfix's own */
	int stage;		/* enum stage, or one of the above */
	bool follows;		/* an earlier refusal is why it is said */
	bool question;		/* it answers VRFY, ETRN, XCLIENT */
	enum sentence_about about;
	const char *name;	/* ADDRESS, n bytes of the reply; NULL: none */
	size_t n;
	struct ip client;	/* where the words name it */
};

/* Its first line is looked at. */
void sentence_read(const struct reply *reply, struct sentence *s);

#endif
