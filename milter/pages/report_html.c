/* report_html - a report as one page that needs nothing else */

#include "pages/report_page.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "pages/report_style.h"
#include "words/reason.h"

#define DAY ((int64_t)86400000)
#define WIDTH 960
#define HEIGHT 220
#define LEFT 48
#define BASE 190

static void
put_text(struct buf *out, const char *text)
{
	escape_put_html(out, text, strlen(text));
}

/* The reason's own title beside its name, where it is one. */
static const char *
title_of(const char *name)
{
	int reason = reason_by_name(name);

	return reason != REASON_NONE ? reason_prose(reason)->title : NULL;
}

static int64_t
height_of(const struct report_bar *bar)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i <= REPORT_SHADES; i++)
		sum += bar->shades[i];
	return sum;
}

/* A number of 1, 2 or 5 and zeros that is not less. */
static int64_t
round_up(int64_t n)
{
	int64_t step = 1;

	for (;;) {
		if (n <= step)
			return step;
		if (n <= 2 * step)
			return 2 * step;
		if (n <= 5 * step)
			return 5 * step;
		step *= 10;
	}
}

static const char *
shade_name(const struct report *r, size_t shade)
{
	const struct report_rows *reasons = &r->lists[REPORT_REASONS];

	return shade < REPORT_SHADES && shade < reasons->n ?
	    reasons->v[shade].name : "others";
}

static void
put_bar(struct buf *out, const struct report *r, size_t i, double scale)
{
	double width = (double)(WIDTH - LEFT) / (double)r->nbars;
	double x = LEFT + width * (double)i, y = BASE, h;
	size_t shade;

	buf_puts(out, "<g><title>");
	report_put_time(out, r->bars[i].begins);
	buf_printf(out, ": %" PRId64 "</title>", height_of(&r->bars[i]));
	for (shade = 0; shade <= REPORT_SHADES; shade++) {
		h = (double)r->bars[i].shades[shade] * scale;
		if (h <= 0)
			continue;
		y -= h;
		buf_printf(out, "<rect class=\"s%zu\" x=\"%.1f\" y=\"%.1f\" "
		    "width=\"%.1f\" height=\"%.1f\"/>", shade, x + width * .08,
		    y, width * .84, h);
	}
	buf_puts(out, "</g>\n");
}

/* A label every so many bars: at midnight where bars are hours. */
static size_t
label_every(const struct report *r)
{
	size_t a_day = r->step < DAY ? (size_t)(DAY / r->step) : 1;
	size_t every = (r->nbars + 7) / 8;

	return r->nbars <= a_day ? every : (every + a_day - 1) / a_day * a_day;
}

static void
put_axis(struct buf *out, const struct report *r, int64_t max)
{
	double width = (double)(WIDTH - LEFT) / (double)r->nbars;
	size_t i, every = label_every(r);
	int line;

	for (line = 0; line <= 2; line++)
		buf_printf(out, "<line class=\"grid\" x1=\"%d\" x2=\"%d\" "
		    "y1=\"%d\" y2=\"%d\"/><text x=\"%d\" y=\"%d\" "
		    "text-anchor=\"end\">%" PRId64 "</text>\n", LEFT, WIDTH,
		    BASE - line * 85, BASE - line * 85, LEFT - 8,
		    BASE - line * 85 + 4, max * line / 2);
	for (i = 0; i < r->nbars; i += every) {
		struct buf when = BUF_INIT;

		report_put_time(&when, r->bars[i].begins);
		buf_printf(out, "<text x=\"%.1f\" y=\"%d\">%s</text>\n",
		    LEFT + width * (double)i, BASE + 20, when.data + 5);
		buf_free(&when);
	}
}

static void
put_legend(struct buf *out, const struct report *r)
{
	size_t shade;

	buf_puts(out, "<ul class=\"legend\">\n");
	for (shade = 0; shade <= REPORT_SHADES; shade++) {
		if (shade < REPORT_SHADES &&
		    shade >= r->lists[REPORT_REASONS].n)
			continue;
		buf_printf(out, "<li><span class=\"dot s%zu\"></span>", shade);
		put_text(out, shade_name(r, shade));
		buf_puts(out, "</li>\n");
	}
	buf_puts(out, "</ul>\n");
}

static void
put_chart(struct buf *out, const struct report *r)
{
	int64_t max = 1;
	size_t i;

	for (i = 0; i < r->nbars; i++)
		if (height_of(&r->bars[i]) > max)
			max = height_of(&r->bars[i]);
	max = round_up(max);
	buf_printf(out, "<section class=\"wide\">\n<h2>Over time</h2>\n"
	    "<div class=\"chart\" tabindex=\"0\">\n<svg viewBox=\"0 0 %d %d\" "
	    "role=\"img\" aria-label=\"Refusals over time, by cause\">\n",
	    WIDTH, HEIGHT);
	put_axis(out, r, max);
	for (i = 0; i < r->nbars; i++)
		put_bar(out, r, i, 170.0 / (double)max);
	buf_puts(out, "</svg>\n</div>\n");
	put_legend(out, r);
	buf_puts(out, "</section>\n");
}

static void
put_row(struct buf *out, const struct report_row *row, int64_t max)
{
	const char *title = title_of(row->name);

	buf_puts(out, "<tr><th scope=\"row\">");
	put_text(out, row->name);
	if (title != NULL) {
		buf_puts(out, "<small>");
		put_text(out, title);
		buf_puts(out, "</small>");
	}
	buf_printf(out, "</th><td class=\"n\">%" PRId64 "</td>"
	    "<td class=\"b\"><svg viewBox=\"0 0 100 8\" "
	    "preserveAspectRatio=\"none\" aria-hidden=\"true\">"
	    "<rect class=\"s0\" width=\"%.1f\" height=\"8\" rx=\"1\"/></svg>"
	    "</td><td class=\"id\">%s</td></tr>\n", row->n,
	    max > 0 ? 100.0 * (double)row->n / (double)max : 0,
	    row->example);
}

static void
put_list(struct buf *out, const struct report *r, enum report_list list)
{
	const struct report_rows *rows = &r->lists[list];
	bool hint = list == REPORT_LATER || list == REPORT_LOGINS ||
	    list == REPORT_PROVIDERS;
	size_t i;

	if (rows->n == 0)
		return;
	buf_printf(out, "<section%s>\n<h2>%s</h2>\n", hint ?
	    " class=\"hint\"" : list == REPORT_REASONS ? " class=\"wide\"" :
	    "", report_title(list));
	if (hint)
		buf_puts(out, "<p>Perhaps refused by mistake: please look "
		    "at some of them.</p>\n");
	buf_puts(out, "<table>\n<thead><tr><th scope=\"col\">What</th>"
	    "<th scope=\"col\" class=\"n\">How often</th>"
	    "<th scope=\"col\"><span class=\"quiet\">Share</span></th>"
	    "<th scope=\"col\">One of them</th></tr></thead>\n<tbody>\n");
	for (i = 0; i < rows->n; i++)
		put_row(out, &rows->v[i], rows->v[0].n);
	if (rows->others > 0)
		buf_printf(out, "<tr><th scope=\"row\">others</th>"
		    "<td class=\"n\">%" PRId64 "</td><td></td><td></td>"
		    "</tr>\n", rows->others);
	buf_puts(out, "</tbody>\n</table>\n</section>\n");
}

static void
put_deferred(struct buf *out, const struct report *r)
{
	const struct report_deferred *row;
	size_t i;

	if (r->ndeferred == 0)
		return;
	buf_puts(out, "<section class=\"wide\">\n<h2>" REPORT_DEFERRED_TITLE
	    "</h2>\n<table>\n<thead><tr><th scope=\"col\">Cause</th>"
	    "<th scope=\"col\" class=\"n\">Deferred</th>"
	    "<th scope=\"col\" class=\"n\">Taken</th>"
	    "<th scope=\"col\" class=\"n\">Not yet</th>"
	    "<th scope=\"col\" class=\"n\">Half of them after</th>"
	    "<th scope=\"col\" class=\"n\">Nine of ten after</th></tr>"
	    "</thead>\n<tbody>\n");
	for (i = 0; i < r->ndeferred; i++) {
		row = &r->deferred[i];
		buf_puts(out, "<tr><th scope=\"row\">");
		put_text(out, row->reason);
		buf_printf(out, "</th><td class=\"n\">%" PRId64 "</td>"
		    "<td class=\"n\">%" PRId64 "</td><td class=\"n\">%"
		    PRId64 "</td><td class=\"n\">", row->mails, row->taken,
		    row->mails - row->taken);
		if (row->taken > 0)
			report_put_delay(out, row->median);
		buf_puts(out, "</td><td class=\"n\">");
		if (row->taken > 0)
			report_put_delay(out, row->ninth);
		buf_puts(out, "</td></tr>\n");
	}
	buf_puts(out, "</tbody>\n</table>\n</section>\n");
}

static void
put_change(struct buf *out, const struct report_change *c)
{
	struct buf words = BUF_INIT;
	size_t i;

	report_put_change(&words, c);
	buf_puts(out, "<p>");
	put_text(out, words.data);
	buf_puts(out, "</p>\n");
	buf_free(&words);
	if (c->nshifts == 0)
		return;
	buf_puts(out, "<table>\n<thead><tr><th scope=\"col\">Cause</th>"
	    "<th scope=\"col\" class=\"n\">After</th>"
	    "<th scope=\"col\" class=\"n\">Before</th></tr></thead>\n"
	    "<tbody>\n");
	for (i = 0; i < c->nshifts; i++) {
		buf_puts(out, "<tr><th scope=\"row\">");
		put_text(out, c->shifts[i].reason);
		buf_printf(out, "</th><td class=\"n\">%" PRId64 "</td>"
		    "<td class=\"n\">%" PRId64 "</td></tr>\n",
		    c->shifts[i].after, c->shifts[i].before);
	}
	buf_puts(out, "</tbody>\n</table>\n");
}

static void
put_changes(struct buf *out, const struct report *r)
{
	size_t i;

	if (r->nchanges == 0)
		return;
	buf_puts(out, "<section class=\"wide\">\n<h2>" REPORT_CHANGES_TITLE
	    "</h2>\n");
	for (i = 0; i < r->nchanges; i++)
		put_change(out, &r->changes[i]);
	buf_puts(out, "</section>\n");
}

/* The numbers that a postmaster looks for first. */
static void
put_figures(struct buf *out, const struct report *r)
{
	const struct report_rows *rows = &r->lists[REPORT_OUTCOMES];
	size_t i;

	buf_puts(out, "<dl class=\"figures\">\n");
	for (i = 0; i < rows->n; i++) {
		buf_puts(out, "<div><dt>");
		put_text(out, rows->v[i].name);
		buf_printf(out, "</dt><dd>%" PRId64 "</dd></div>\n",
		    rows->v[i].n);
	}
	buf_puts(out, "</dl>\n");
}

static void
put_head(struct buf *out, const struct report *r)
{
	buf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n"
	    "<title>What was refused: ");
	put_text(out, r->site);
	buf_printf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n"
	    "<header>\n<h1>What was refused</h1>\n<p>", report_style);
	put_text(out, r->site);
	buf_puts(out, ", ");
	report_put_time(out, r->since);
	buf_puts(out, " to ");
	report_put_time(out, r->until);
	buf_puts(out, " UTC</p>\n</header>\n<main>\n");
}

void
report_html(const struct report *r, struct buf *out)
{
	int list;

	put_head(out, r);
	put_figures(out, r);
	if (r->total == 0)
		buf_puts(out, "<p>Nothing was refused in this time.</p>\n");
	else
		put_chart(out, r);
	put_changes(out, r);
	for (list = REPORT_REASONS; list < REPORT_LISTS; list++)
		put_list(out, r, (enum report_list)list);
	put_deferred(out, r);
	buf_puts(out, "</main>\n<footer><p>saywhy show ID tells all of one "
	    "record, saywhy find finds more of them.</p></footer>\n"
	    "</body>\n</html>\n");
}
