/*
 * recorder.h - where records go
 *
 * One for the process. recorder_emit() returns after every sink has the
 * record: write(2) has returned, no fsync. A sink that fails (full disk) says
 * so once, counts what it could not keep, says so again when it works again,
 * and never stops mail. All functions may be called from any thread.
 */
#ifndef RECORDS_RECORDER_H
#define RECORDS_RECORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/option.h"
#include "records/feeder.h"
#include "records/record.h"

struct buf;
struct recorder;

/* Rows at the top of the file: record-file, syslog, retention, privacy… */
struct record_options {
	char *file;
	bool syslog, journal;
	long long host_number;	/* in ids; 0: they name no host */
	long long retention;	/* ms; 0 keeps nothing anywhere */
	int privacy;		/* enum privacy */
	char *privacy_key;	/* secret of hashed local parts, or NULL */
	bool matched_text;
	char *store;		/* file or postgresql://…; NULL: none */
	long long store_size;	/* bytes; 0: may grow */
	char *ship_state;	/* file where "saywhy ship" says how it fares */
};

extern const struct option record_option_rows[];

/* Opens what opt names. A sink that cannot open is reported and retried. */
struct recorder *recorder_new(const struct record_options *opt);

/* Takes over new settings after a reload; `opt` is copied. */
void recorder_apply(struct recorder *r, const struct record_options *opt);

/* Closes and opens the files again (SIGUSR1, logrotate). */
void recorder_reopen(struct recorder *r);

/* Removes what is older than the retention; cheap, call it every minute. */
void recorder_expire(struct recorder *r);

/* NULL recorder: nothing is written. */
void recorder_emit(struct recorder *r, const struct record *record);

/*
 * Each record is passed on as well, as the line that the record file gets
 * (without its end), unless nothing is to be kept; by the thread that emits it,
 * one at a time. Once, before the first record.
 */
void recorder_watch(struct recorder *r,
    void (*tell)(void *arg, const struct buf *line), void *arg);

struct recorder_counts {
	uint64_t written;	/* every sink kept it */
	uint64_t lost;		/* some sink did not */
	struct feeder_health store;
};

struct recorder_counts recorder_counts(struct recorder *r);

/* How many records there were of this kind; REASON_NONE: not recognised. */
uint64_t recorder_count(struct recorder *r, enum issuer issuer,
    enum outcome outcome, int reason);

void recorder_free(struct recorder *r);

#endif
