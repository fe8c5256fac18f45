/*
 * player.h - plays an SMTP session to the engine, without a mail server
 *
 * What `saywhy try` and the scenarios share. The player does what a door does:
 * it fills the session, calls the step, and keeps the result. Records are kept
 * in memory, and go nowhere else.
 */
#ifndef SCENARIO_PLAYER_H
#define SCENARIO_PLAYER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "engine/engine.h"

struct ruleset;
struct player;

/* What the last event did. Valid until the next one. */
struct played {
	bool refused;		/* the client got `reply` */
	bool would;		/* in observe mode: it would have got it */
	struct reply reply;
	struct buf found;	/* " reason reason ": found since then */
	struct buf records;	/* JSON lines written since then */
	struct buf marks;	/* values of our header field, a line each */
	struct buf results;	/* of Authentication-Results, on one line */
	bool hold;		/* into the hold queue */
};

/* Holds the ruleset. NULL watcher: no check is reported. */
struct player *player_new(struct ruleset *rules,
    const struct engine_watcher *watcher);
void player_free(struct player *p);	/* NULL: nothing */

/* The session may be changed between two events: ports, TLS, login. */
struct session *player_session(struct player *p);
const struct played *player_played(const struct player *p);

void player_connect(struct player *p, const char *name,
    const struct ip *client);
/* Marks and records are counted from here on. */
void player_connected(struct player *p);
void player_helo(struct player *p, const char *helo);
void player_mail(struct player *p, const char *sender);
void player_mailed(struct player *p);
void player_rcpt(struct player *p, const char *rcpt);
void player_refused_by_mta(struct player *p, const char *rcpt,
    const char *status, const char *text);
/* A whole message, header and body; lines may end in CR LF or LF. */
void player_message(struct player *p, const char *text, size_t n);
void player_reset(struct player *p);

#endif
