/*
 * report_page.h - a report (records/report.h) as text, page or JSON
 */
#ifndef PAGES_REPORT_PAGE_H
#define PAGES_REPORT_PAGE_H

#include "records/report.h"

struct buf;

#define REPORT_DEFERRED_TITLE "Deferred mails, and what became of them"
#define REPORT_CHANGES_TITLE "Since the policy changed"

/*
 * Appends "Since the change at ... on mx2: 120 records in 2 h, 34 in the 2 h
 * before.", as plain text.
 */
void report_put_change(struct buf *out, const struct report_change *c);

/* Each appends the whole report. */
void report_text(const struct report *r, struct buf *out);
void report_html(const struct report *r, struct buf *out);
void report_json(const struct report *r, struct buf *out);

#endif
