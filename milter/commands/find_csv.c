/* find_csv - records as CSV, for a spreadsheet */

#include "commands/find_csv.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
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
put_cell(struct buf *out, const char *text)
{
	struct buf safe = BUF_INIT;

	if (text == NULL || *text == '\0')
		return;
	if (isatty(STDOUT_FILENO))
		escape_put(&safe, text, strlen(text));
	else
		buf_puts(&safe, text);
	put_text(out, safe.data);
	buf_free(&safe);
}

void
find_csv_head(void)
{
	size_t i;

	for (i = 0; i < NPATHS; i++)
		printf("%s,", paths[i]);
	fputs("recipients,reply\r\n", stdout);
}

static void
put_all(struct buf *out, const struct parsed_record *t, const char *path,
    const char *between)
{
	size_t i, n = parsed_count(t, path);
	struct buf b = BUF_INIT;
	const char *item;

	for (i = 0; i < n; i++) {
		item = parsed_item(t, path, i);
		buf_puts(&b, i > 0 ? between : "");
		buf_puts(&b, item);
	}
	put_cell(out, b.data);
	buf_free(&b);
}

void
find_csv_row(const struct parsed_record *t)
{
	struct buf row = BUF_INIT;
	size_t i;

	for (i = 0; i < NPATHS; i++) {
		put_cell(&row, parsed_text(t, paths[i]));
		buf_putc(&row, ',');
	}
	put_all(&row, t, "recipients", " ");
	buf_putc(&row, ',');
	put_all(&row, t, "reply.lines", " / ");
	buf_puts(&row, "\r\n");
	fwrite(row.data, 1, row.len, stdout);
	buf_free(&row);
}
