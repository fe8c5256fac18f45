/*
 * try_show.h - what `saywhy try` prints of a session while it is played
 */
#ifndef COMMANDS_TRY_SHOW_H
#define COMMANDS_TRY_SHOW_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/json.h"
#include "engine/engine.h"

struct played;

struct try_show {
	bool trace;		/* each check, what it found, its time */
	bool colour;
	bool json;		/* one object at the end instead */
	struct engine_watcher watcher;	/* for the player */
	struct buf out;		/* of JSON */
	struct json j;
};

/* The struct stays where it is: the watcher points to it. */
void try_show_begin(struct try_show *show, bool trace, bool json);

/* Before an event ("RCPT", its argument), and after it was played. */
void try_show_event(struct try_show *show, const char *name,
    const char *argument);
void try_show_played(struct try_show *show, const struct played *played);

void try_show_end(struct try_show *show, bool refused);

#endif
