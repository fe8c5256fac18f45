/*
 * setup_run.h - another program's answer
 */
#ifndef SETUP_SETUP_RUN_H
#define SETUP_SETUP_RUN_H

#include <stdbool.h>

struct buf;

/*
 * Runs argv (NULL at its end; looked up in PATH and the sbin folders) and
 * appends what it writes, to stderr too. True: its status was 0.
 */
bool setup_run(const char *const *argv, struct buf *out);

#endif
