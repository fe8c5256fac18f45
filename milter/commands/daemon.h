/* daemon.h - what the running saywhyd reports at its control socket */
#ifndef COMMANDS_DAEMON_H
#define COMMANDS_DAEMON_H

#include <stdbool.h>

struct buf;

/*
 * Appends its status (doors/control.h), one line of JSON. False with words in
 * errmsg: no answer at `spec` (base/sock.h) within five seconds.
 */
bool daemon_ask(const char *spec, struct buf *answer, struct buf *errmsg);

/* The same for another question, "…\n". */
bool daemon_ask_about(const char *spec, const char *question,
    struct buf *answer, struct buf *errmsg);

/*
 * Has the daemon at `spec` read its configuration again (SIGHUP), and waits
 * for it. False with words in errmsg: nobody is there, we may not, or the file
 * has a mistake and the old one is in use.
 */
bool daemon_reload(const char *spec, struct buf *errmsg);

/* What follows "key": in our own JSON, which has no blanks; "": nothing. */
const char *daemon_after(const char *json, const char *key);

#endif
