/*
 * progress.h - shows the progress of a command that takes long
 *
 * One line on stderr that writes over itself, on a terminal only, and only
 * after the first second.
 */
#ifndef COMMANDS_PROGRESS_H
#define COMMANDS_PROGRESS_H

#include <stdint.h>

struct progress {
	const char *label;
	int64_t began, shown;	/* clock_ms(); 0: not yet */
};

/* `all` 0: not known. Cheap; call it as often as you like. */
void progress_show(struct progress *p, uint64_t done, uint64_t all);

/* Takes the line away. */
void progress_end(struct progress *p);

#endif
