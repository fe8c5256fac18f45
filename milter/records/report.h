/*
 * report.h - what was refused in a span of time, counted
 *
 * Gathered once from the store, then written as text, as a page or as JSON.
 * A struct report owns its strings.
 */
#ifndef RECORDS_REPORT_H
#define RECORDS_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct store;

enum report_list {
#define LIST(id, ...) REPORT_##id,
#include "records/report.def"
#undef LIST
	REPORT_LISTS
};

struct report_row {
	char *name;
	int64_t n;
	char example[16];	/* id of one of them */
};

struct report_rows {
	struct report_row *v;
	size_t n, cap;
	int64_t sum, others;	/* of all; of those that are not in `v` */
};

/*
 * The bars of the chart: the REPORT_SHADES most frequent reasons, and others.
 */
#define REPORT_SHADES 6
#define REPORT_BARS_MAX 200

struct report_bar {
	int64_t begins;				/* ms since 1970 */
	int64_t shades[REPORT_SHADES + 1];
};

/*
 * Mails that were deferred for one reason: a sender and a recipient, however
 * often it was tried. What is not taken was kept out, or may still come.
 */
struct report_deferred {
	char *reason;
	int64_t mails, taken;
	int64_t median, ninth;	/* ms from the first try till half, till nine
				   of ten of `taken` were taken */
};

/* A change of the policy of one host, and which causes it made more or less. */
#define REPORT_CHANGES_MAX 10

struct report_shift {
	char *reason;
	int64_t before, after;
};

struct report_change {
	char *host;
	int64_t time;			/* of the first record by the new one */
	char *before, *after;		/* fingerprints */
	int64_t span;	/* ms before and after that were counted; 0: too few */
	int64_t all_before, all_after;	/* of every cause */
	/* more than chance would have it; the largest difference first */
	struct report_shift *shifts;
	size_t nshifts, shifts_cap;
};

struct report {
	const char *site;
	const char *host;		/* of this one only, or NULL */
	int64_t since, until, total;	/* ms since 1970 */
	int64_t step;			/* of a bar, in ms */
	struct report_rows lists[REPORT_LISTS];
	struct report_bar bars[REPORT_BARS_MAX];
	size_t nbars;
	struct report_deferred *deferred;	/* the most frequent first */
	size_t ndeferred, deferred_cap;
	/* the latest first */
	struct report_change changes[REPORT_CHANGES_MAX];
	size_t nchanges;
};

typedef void report_progress(void *arg, int64_t done, int64_t all);

/*
 * Counts: in one walk over the records, or the server does; `tell` (may be
 * NULL) is called with the progress. False with words in errmsg.
 * report_free() in any case.
 */
bool report_gather(struct report *r, struct store *s, report_progress *tell,
    void *arg, struct buf *errmsg);
void report_free(struct report *r);

/* Adds a row that is in no record, with 0 to its name (copied). */
void report_add(struct report *r, enum report_list list, const char *name);

const char *report_title(enum report_list list);
const char *report_key(enum report_list list);

/* "40 s", "7 min", "3 h" */
void report_put_delay(struct buf *out, int64_t ms);

/* "2026-01-02 03:04" in UTC, without the time where it is midnight. */
void report_put_time(struct buf *out, int64_t ms);

#endif
