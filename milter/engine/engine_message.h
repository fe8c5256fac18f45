/*
 * engine_message.h - a message on its way past the checks that look into it
 *
 * Feeds body() and part() of the active checks. One message at a time; it
 * belongs to one engine. What is zeroed is no message.
 */
#ifndef ENGINE_MESSAGE_H
#define ENGINE_MESSAGE_H

#include "checks/check.h"

struct mime;
struct ruleset;

struct message {
	const struct ruleset *rules;	/* NULL: no message is on its way */
	struct check_ctx ctx;
	struct mime *mime;	/* NULL: nobody needs it parsed */
};

/*
 * The header is complete. `m` is zeroed; in `ctx` all but the check and its
 * options is set.
 */
void message_begin(struct message *m, const struct ruleset *rules,
    struct check_ctx ctx);
void message_body(struct message *m, const char *bytes, size_t n);
/* The body is over: the last events. */
void message_end(struct message *m);
/* Whatever it is about; no more events. */
void message_forget(struct message *m);

#endif
