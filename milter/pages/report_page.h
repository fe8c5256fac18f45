/*
 * report_page.h - a report (records/report.h) as text, page or JSON
 */
#ifndef PAGES_REPORT_PAGE_H
#define PAGES_REPORT_PAGE_H

#include "records/report.h"

struct buf;

#define REPORT_DEFERRED_TITLE "Deferred mails, and what became of them"

/* Each appends the whole report. */
void report_text(const struct report *r, struct buf *out);
void report_html(const struct report *r, struct buf *out);
void report_json(const struct report *r, struct buf *out);

#endif
