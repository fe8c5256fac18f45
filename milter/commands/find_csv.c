/* find_csv - records as CSV, for a spreadsheet */

#include "commands/find_csv.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "records/record_read.h"

static const char *const paths[] = { "time", "id", "outcome", "issuer",
	"stage", "reason", "who", "check", "exception", "reply.status",
	"client.address", "client.name", "helo", "login", "sender",
	"queue_id" };

#define NPATHS (sizeof paths / sizeof paths[0])

static void
put_text(struct buf *out, const char *text)
{
	size_t n;

	buf_putc(out, '"');
	if (strchr("=+-@\t\r", *text) != NULL)
		buf_putc(out, '\'');
	while (*text != '\0') {
		n = strcspn(text, "\"");
		buf_put(out, text, n);
		text += n;
		if (*text == '"') {
			buf_put(out, "\"\"", 2);
			text++;
		}
	}
	buf_putc(out, '"');
}

/* On a terminal nothing of it may act as a command. */
static void
put_cell(struct find_csv *csv, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	if (csv->terminal) {
		buf_clear(&csv->safe);
		escape_put(&csv->safe, text, strlen(text));
		text = csv->safe.data;
	}
	put_text(&csv->row, text);
}

void
find_csv_begin(struct find_csv *csv)
{
	size_t i;

	csv->terminal = isatty(STDOUT_FILENO);
	csv->row = csv->safe = csv->all = (struct buf)BUF_INIT;
	for (i = 0; i < NPATHS; i++)
		printf("%s,", paths[i]);
	fputs("recipients,reply\r\n", stdout);
}

static void
put_all(struct find_csv *csv, const struct parsed_record *t,
    const char *path, const char *between)
{
	size_t i, n = parsed_count(t, path);

	buf_clear(&csv->all);
	for (i = 0; i < n; i++) {
		buf_puts(&csv->all, i > 0 ? between : "");
		buf_puts(&csv->all, parsed_item(t, path, i));
	}
	put_cell(csv, csv->all.data);
}

void
find_csv_row(struct find_csv *csv, const struct parsed_record *t)
{
	size_t i;

	buf_clear(&csv->row);
	for (i = 0; i < NPATHS; i++) {
		put_cell(csv, parsed_text(t, paths[i]));
		buf_putc(&csv->row, ',');
	}
	put_all(csv, t, "recipients", " ");
	buf_putc(&csv->row, ',');
	put_all(csv, t, "reply.lines", " / ");
	buf_puts(&csv->row, "\r\n");
	fwrite(csv->row.data, 1, csv->row.len, stdout);
}

void
find_csv_end(struct find_csv *csv)
{
	buf_free(&csv->row);
	buf_free(&csv->safe);
	buf_free(&csv->all);
}
