/* find_csv - records as CSV, for a spreadsheet */

#include "commands/find_csv.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "records/record_read.h"

static const char *const paths[] = { "time", "id", "outcome", "issuer",
	"stage", "reason", "who", "check", "exception", "reply.status",
	"client.address", "client.name", "helo", "login", "sender",
	"queue_id" };

#define NPATHS (sizeof paths / sizeof paths[0])

static void
put_cell(const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	putchar('"');
	if (strchr("=+-@\t\r", *text) != NULL)
		putchar('\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
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
put_all(const struct parsed_record *t, const char *path, const char *between)
{
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < parsed_count(t, path); i++)
		buf_printf(&b, "%s%s", i > 0 ? between : "",
		    parsed_item(t, path, i));
	put_cell(b.data);
	buf_free(&b);
}

void
find_csv_row(const struct parsed_record *t)
{
	size_t i;

	for (i = 0; i < NPATHS; i++) {
		put_cell(parsed_text(t, paths[i]));
		putchar(',');
	}
	put_all(t, "recipients", " ");
	putchar(',');
	put_all(t, "reply.lines", " / ");
	fputs("\r\n", stdout);
}
