/*
 * shipment_row.h - a record as the COPY of PostgreSQL takes it, in binary
 *
 * Rows alone; who copies puts SHIPMENT_ROW_BEGIN before them and
 * SHIPMENT_ROW_END behind.
 */
#ifndef RECORDS_SHIPMENT_ROW_H
#define RECORDS_SHIPMENT_ROW_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct parsed_record;

/* Of `record`, in the order of shipment_row_put(); of `line`. */
#define SHIPMENT_ROW_COLUMNS "n, id, host, issuer, outcome, direction, " \
	"stage, reason, who, rule, exception, name, helo, login, queue_id, " \
	"source, time, client, sender, sender_domain, recipients, domains"
#define SHIPMENT_ROW_LINE_COLUMNS "n, time, json"

#define SHIPMENT_ROW_BEGIN "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
#define SHIPMENT_ROW_END "\377\377"

/* `n` is the number by which the two rows of a record know each other. */
void shipment_row_put(struct buf *out, int64_t n,
    const struct parsed_record *t);
void shipment_row_put_line(struct buf *out, int64_t n, int64_t time,
    const char *line, size_t length);

#endif
