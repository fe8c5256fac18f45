/*
 * shipment.h - records on their way into PostgreSQL, in batches
 *
 * A batch is one transaction: the position in the record file is read and
 * locked, the records are copied (COPY) into the tables while they come, and
 * the new position is written. Where one of them is there already (the id is
 * the key) the batch goes by a table of the session, and from there what is
 * new. So a batch that was cut off anywhere was never there, and one that comes
 * again changes nothing.
 */
#ifndef RECORDS_SHIPMENT_H
#define RECORDS_SHIPMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct db;
struct parsed_record;
struct shipment;
struct record_position;

/*
 * `shipper` (copied) names the host and its file, whose position is kept under
 * it; only one at a time may have the name. `retention` in ms. NULL with words
 * in errmsg.
 */
struct shipment *shipment_new(struct db *db, const char *shipper,
    int64_t retention, struct buf *errmsg);
void shipment_free(struct shipment *s);		/* NULL: nothing */

/* As store_begin(), store_put() and store_commit(). */
bool shipment_begin(struct shipment *s, struct record_position *position);
void shipment_put(struct shipment *s, const struct parsed_record *t,
    const char *line, size_t n);
bool shipment_commit(struct shipment *s,
    const struct record_position *position);

/*
 * As store_server_drop_day(), where `oldest` is by our retention; but the
 * longest counts, of all that shipped here in the last 30 days.
 */
int shipment_expire(struct shipment *s, int64_t oldest);

#endif
