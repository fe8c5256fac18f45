/*
 * post_state.h - how "saywhy ship NAME" fares
 *
 * As it says itself in a file beside its mark, MARK.state (ship_state.h); and
 * how far behind it is as its mark says, whether it is at work or not.
 */
#ifndef RECORDS_POST_STATE_H
#define RECORDS_POST_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "records/ship_state.h"

struct buf;
struct post_options;

enum post_work { POST_WORKS, POST_FAILS, POST_SILENT };
extern const char *const post_work_names[];

struct post_state {
	enum post_work work;
	struct ship_state last;	/* as it reported; all zero: never */
	int64_t behind;		/* bytes of the record file not posted yet */
	int64_t lag;		/* how old those may be, ms; 0: not known */
};

/* Appends the path of the state's file. */
void post_state_put_path(struct buf *out, const struct post_options *opt);

/* `file`: the record file, or NULL. Any thread. */
void post_state_load(struct post_state *s, const struct post_options *opt,
    const char *file);

/* What is wrong with it, as a person would say it; false: nothing. */
bool post_state_complaint(const struct post_state *s,
    const struct post_options *opt, struct buf *words);

#endif
