/*
 * report_row.h - one record, as the lists of a report look at it
 */
#ifndef RECORDS_REPORT_ROW_H
#define RECORDS_REPORT_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct query;

/* Texts are of the database's row at hand; NULL: not known. */
struct report_record {
	int64_t n, time;
	const char *id, *outcome, *reason, *who, *issuer, *direction, *source,
		*login, *name, *sender_domain;
	const void *client;	/* 16 bytes, or NULL */
	bool later;		/* the same mail was taken later */
	int64_t count;		/* so many that are alike; 1 */
	bool refused;
};

/* Its columns, in the order that report_record_read() reads. */
#define REPORT_COLUMNS "n, time, id, outcome, reason, who, issuer, " \
	"direction, source, login, name, sender_domain, client, later, 1"

void report_record_read(struct report_record *r, struct query *q);

/* What a list counts a record under. */
struct report_key {
	const void *bytes;
	size_t n;
	char text[80];		/* room for one that is put together */
};

/* False: it does not count there. */
typedef bool report_counted(const struct report_record *r,
    struct report_key *key);

report_counted report_by_outcome, report_by_reason, report_by_who,
    report_by_issuer, report_by_observed, report_by_later, report_by_login,
    report_by_provider, report_by_blind, report_by_outgoing, report_by_client,
    report_by_sender;

#endif
