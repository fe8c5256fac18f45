/* status_text.h - the daemon's status as a person would tell it */
#ifndef COMMANDS_STATUS_TEXT_H
#define COMMANDS_STATUS_TEXT_H

struct buf;

/*
 * Appends lines made of the daemon's JSON (doors/control.h). What is not there,
 * or was never used, is left out. Pure.
 */
void status_text(const char *json, struct buf *out);

#endif
