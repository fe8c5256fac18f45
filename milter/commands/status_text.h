/* status_text.h - the daemon's status as a person would tell it */
#ifndef COMMANDS_STATUS_TEXT_H
#define COMMANDS_STATUS_TEXT_H

struct buf;

/*
 * Appends lines made of the daemon's JSON (doors/control.h). What is not there,
 * or was never used, is left out. Pure.
 */
void status_text(const char *json, struct buf *out);

/*
 * Appends a line for one object: {key} is its value, and what stands in [ ] is
 * left out where a value in it is zero, null or not there.
 */
void status_text_line(const char *label, const char *json, const char *words,
    struct buf *out);

#endif
