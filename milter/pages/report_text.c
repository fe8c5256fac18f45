/* report_text - a report for a terminal and for cron's mail */

#include "pages/report_page.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/json.h"
#include "words/reason.h"

#define BAR 20
#define NAME 42

static void
put_name(struct buf *out, const char *name)
{
	struct buf b = BUF_INIT;

	escape_put(&b, name, strlen(name));
	if (b.len > NAME) {
		buf_put(out, b.data, NAME - 3);
		buf_puts(out, "...");
	} else
		buf_printf(out, "%-*s", NAME, b.data);
	buf_free(&b);
}

static void
put_row(struct buf *out, const struct report_row *row, int64_t max)
{
	static const char full[] = "####################";
	int cells = max > 0 ? (int)(row->n * BAR / max) : 0;

	buf_puts(out, "  ");
	put_name(out, row->name);
	buf_printf(out, " %8" PRId64 "  %.*s\n", row->n, cells > 0 ? cells : 1,
	    full);
}

static void
put_list(struct buf *out, const struct report *r, enum report_list list)
{
	const struct report_rows *rows = &r->lists[list];
	size_t i;

	if (rows->n == 0)
		return;
	buf_printf(out, "\n%s\n", report_title(list));
	for (i = 0; i < rows->n; i++)
		put_row(out, &rows->v[i], rows->v[0].n);
	if (rows->others > 0)
		buf_printf(out, "  %-*s %8" PRId64 "\n", NAME, "others",
		    rows->others);
}

static void
put_deferred(struct buf *out, const struct report *r)
{
	const struct report_deferred *row;
	size_t i;

	if (r->ndeferred > 0)
		buf_printf(out, "\n" REPORT_DEFERRED_TITLE "\n  %-26s %8s %8s "
		    "%8s  %s\n", "", "deferred", "taken", "not yet", "after");
	for (i = 0; i < r->ndeferred; i++) {
		row = &r->deferred[i];
		buf_printf(out, "  %-26.40s %8" PRId64 " %8" PRId64 " %8"
		    PRId64, row->reason, row->mails, row->taken,
		    row->mails - row->taken);
		if (row->taken > 0) {
			buf_puts(out, "  ");
			report_put_delay(out, row->median);
			buf_puts(out, ", nine of ten ");
			report_put_delay(out, row->ninth);
		}
		buf_putc(out, '\n');
	}
}

void
report_put_change(struct buf *out, const struct report_change *c)
{
	buf_puts(out, "Since the change at ");
	report_put_time(out, c->time);
	buf_puts(out, " UTC on ");
	escape_put(out, c->host, strlen(c->host));
	if (c->span == 0) {
		buf_puts(out, " it is too early to tell.");
		return;
	}
	buf_printf(out, ": %" PRId64 " records in ", c->all_after);
	report_put_delay(out, c->span);
	buf_printf(out, ", %" PRId64 " in the ", c->all_before);
	report_put_delay(out, c->span);
	buf_puts(out, c->nshifts > 0 ? " before." : " before; no cause is "
	    "more or less frequent than chance would have it.");
}

static void
put_changes(struct buf *out, const struct report *r)
{
	const struct report_change *c;
	size_t i;

	if (r->nchanges > 0)
		buf_printf(out, "\n" REPORT_CHANGES_TITLE "\n  %-*s %8s %8s\n",
		    NAME, "", "after", "before");
	for (c = r->changes; c < r->changes + r->nchanges; c++) {
		buf_puts(out, "  ");
		report_put_change(out, c);
		buf_printf(out, "\n  The policy is %s, was %s.\n", c->after,
		    c->before);
		for (i = 0; i < c->nshifts; i++) {
			buf_puts(out, "  ");
			put_name(out, c->shifts[i].reason);
			buf_printf(out, " %8" PRId64 " %8" PRId64 "\n",
			    c->shifts[i].after, c->shifts[i].before);
		}
	}
}

void
report_text(const struct report *r, struct buf *out)
{
	int list;

	buf_printf(out, "%s: what was refused, ", r->site);
	report_put_time(out, r->since);
	buf_puts(out, " to ");
	report_put_time(out, r->until);
	buf_printf(out, " UTC\n%" PRId64 " records\n", r->total);
	put_changes(out, r);
	for (list = 0; list < REPORT_LISTS; list++)
		put_list(out, r, (enum report_list)list);
	put_deferred(out, r);
}

static void
put_json_rows(struct json *j, const struct report_rows *rows)
{
	size_t i;

	json_object(j);
	json_key(j, "sum");
	json_int(j, rows->sum);
	json_key(j, "rows");
	json_array(j);
	for (i = 0; i < rows->n; i++) {
		json_object(j);
		json_key(j, "name");
		json_string(j, rows->v[i].name);
		json_key(j, "count");
		json_int(j, rows->v[i].n);
		json_member(j, "example", rows->v[i].example);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

static void
put_json_time(struct json *j, const char *key, int64_t ms)
{
	struct buf b = BUF_INIT;

	report_put_time(&b, ms);
	json_member(j, key, b.data);
	buf_free(&b);
}

static void
put_json_bars(struct json *j, const struct report *r)
{
	int64_t sum;
	size_t i, shade;

	json_key(j, "over-time");
	json_array(j);
	for (i = 0; i < r->nbars; i++) {
		for (sum = 0, shade = 0; shade <= REPORT_SHADES; shade++)
			sum += r->bars[i].shades[shade];
		json_object(j);
		put_json_time(j, "from", r->bars[i].begins);
		json_key(j, "count");
		json_int(j, sum);
		json_object_end(j);
	}
	json_array_end(j);
}

static void
put_json_deferred(struct json *j, const struct report *r)
{
	const struct report_deferred *row;
	size_t i;

	json_key(j, "deferred");
	json_array(j);
	for (i = 0; i < r->ndeferred; i++) {
		row = &r->deferred[i];
		json_object(j);
		json_member(j, "reason", row->reason);
		json_key(j, "mails");
		json_int(j, row->mails);
		json_key(j, "taken");
		json_int(j, row->taken);
		json_key(j, "median-ms");
		json_int(j, row->median);
		json_key(j, "nine-of-ten-ms");
		json_int(j, row->ninth);
		json_object_end(j);
	}
	json_array_end(j);
}

static void
put_json_change(struct json *j, const struct report_change *c)
{
	size_t i;

	json_object(j);
	json_member(j, "host", c->host);
	put_json_time(j, "at", c->time);
	json_member(j, "policy", c->after);
	json_member(j, "was", c->before);
	json_key(j, "span-ms");
	json_int(j, c->span);
	json_key(j, "after");
	json_int(j, c->all_after);
	json_key(j, "before");
	json_int(j, c->all_before);
	json_key(j, "reasons");
	json_array(j);
	for (i = 0; i < c->nshifts; i++) {
		json_object(j);
		json_member(j, "name", c->shifts[i].reason);
		json_key(j, "after");
		json_int(j, c->shifts[i].after);
		json_key(j, "before");
		json_int(j, c->shifts[i].before);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

static void
put_json_changes(struct json *j, const struct report *r)
{
	size_t i;

	json_key(j, "changes");
	json_array(j);
	for (i = 0; i < r->nchanges; i++)
		put_json_change(j, &r->changes[i]);
	json_array_end(j);
}

void
report_json(const struct report *r, struct buf *out)
{
	struct json j = JSON_INIT(out);
	int list;

	json_object(&j);
	json_member(&j, "site", r->site);
	put_json_time(&j, "since", r->since);
	put_json_time(&j, "until", r->until);
	json_key(&j, "records");
	json_int(&j, r->total);
	put_json_bars(&j, r);
	for (list = 0; list < REPORT_LISTS; list++) {
		json_key(&j, report_key((enum report_list)list));
		put_json_rows(&j, &r->lists[list]);
	}
	put_json_deferred(&j, r);
	put_json_changes(&j, r);
	json_object_end(&j);
	buf_putc(out, '\n');
}
