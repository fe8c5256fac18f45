/*
 * report_style.h - how a report looks; made by style.awk from report.css
 */
#ifndef PAGES_REPORT_STYLE_H
#define PAGES_REPORT_STYLE_H

extern const char report_style[];

#endif
