/*
 * journal.h - what journalctl -o export writes becomes lines of a log
 *
 * Fields a line ("MESSAGE=text"; one that is not plain text: "MESSAGE", on the
 * next line eight bytes of length, and the text, which may be of many lines),
 * an empty line behind each entry. Each becomes "stamp host program[pid]:
 * message", as journalctl -o short-iso has it, and its cursor is kept: where to
 * go on after a restart.
 * journalctl itself writes a cursor only when it ends of its own accord.
 */
#ifndef MAILLOG_JOURNAL_H
#define MAILLOG_JOURNAL_H

#include <stddef.h>

#include "maillog/tail.h"

struct journal;

/* `tell` hears of each line, with `arg`. */
struct journal *journal_new(tail_fn *tell, void *arg);
void journal_free(struct journal *j);	/* NULL: nothing */

/* A tail_fn: the next bytes of the export, `arg` is the journal. */
void journal_put(void *arg, const char *bytes, size_t n);

/* In the place of a cursor: before the first entry that there will be. */
#define JOURNAL_BEGIN "s="

/* Of the last entry that was passed on; "": none yet. Lives as long as `j`. */
const char *journal_cursor(const struct journal *j);

/* There is no entry yet: JOURNAL_BEGIN is its cursor. */
void journal_begin(struct journal *j);

/*
 * The cursor that was kept in a file, for journal_new()'s journal and for
 * journalctl; nothing where there is no file.
 */
void journal_load(struct journal *j, const char *path);
/* Written anew and renamed. A path of NULL, and no cursor: nothing. */
void journal_save(const struct journal *j, const char *path);

#endif
