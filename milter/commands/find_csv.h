/*
 * find_csv.h - records as CSV (RFC 4180), for a spreadsheet
 *
 * A cell that a spreadsheet would read as a formula begins with "'".
 */
#ifndef COMMANDS_FIND_CSV_H
#define COMMANDS_FIND_CSV_H

struct parsed_record;

/* To stdout. */
void find_csv_head(void);
void find_csv_row(const struct parsed_record *t);

#endif
