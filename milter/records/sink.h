/*
 * sink.h - one place where records go
 *
 * A sink is a const struct, gathered in sinks.def. Its functions are called
 * by the recorder with its lock held, one at a time.
 */
#ifndef RECORDS_SINK_H
#define RECORDS_SINK_H

#include <stdbool.h>

#include "records/record.h"
#include "records/recorder.h"

struct sink {
	const char *name;	/* as it is called in the log */
	/* NULL when the options want none of it; never fails otherwise. */
	void *(*open)(const struct record_options *opt);
	/*
	 * True when the record is kept. False: lost, with a reason in errmsg
	 * (not NULL); the recorder reports it.
	 */
	bool (*emit)(void *state, const struct record *r,
	    const struct record_options *opt, struct buf *errmsg);
	void (*reopen)(void *state);	/* NULL: nothing to do */
	/* Removes what is older than `retention` ms; NULL: nothing to do. */
	void (*expire)(void *state, long long retention);
	void (*close)(void *state);
};

#define SINK(name) extern const struct sink sink_##name;
#include "records/sinks.def"
#undef SINK

#endif
