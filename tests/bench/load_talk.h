/*
 * load_talk.h - what an MTA says next, and what it makes of the answer
 *
 * The conversation of a session, by the steps that the filter negotiated;
 * for load_session.c, whose I/O it uses.
 */
#ifndef LOAD_TALK_H
#define LOAD_TALK_H

#include "load_session.h"

/* A message from those that nobody has begun; false when there is none. */
bool talk_take_message(struct load *l);

/* Says what comes until an answer is due; may end the session. */
void talk_on(struct load *l, struct session *s);

/* One packet of the filter; may end the session. */
void talk_answer(struct load *l, struct session *s, char letter,
    const char *data, size_t len);

#endif
