/*
 * find_csv.h - records as CSV (RFC 4180), for a spreadsheet
 *
 * A cell that a spreadsheet would read as a formula begins with "'".
 */
#ifndef COMMANDS_FIND_CSV_H
#define COMMANDS_FIND_CSV_H

#include <stdbool.h>

#include "base/buf.h"

struct parsed_record;

/* What rows share: is it a terminal, and memory. */
struct find_csv {
	bool terminal;
	struct buf row, safe, all;
};

/* To stdout: the head, the rows; the memory is freed. */
void find_csv_begin(struct find_csv *csv);
void find_csv_row(struct find_csv *csv, const struct parsed_record *t);
void find_csv_end(struct find_csv *csv);

#endif
