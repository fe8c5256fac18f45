/*
 * dump - a message taken apart, one line a part, for compare.py
 *
 * dump PIECE <message: the message is fed in pieces of that size, as the only
 * part of a multipart, so that its header is read by the parser, too. A line:
 * number, within, type, faults, names, bytes, text; the last three in hex.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "mime/mime.h"

#define OUTER "=_saywhy_outer_="

struct line {
	char *type, *names;
	unsigned within, faults;
	struct buf bytes, text;
};

struct lines {
	struct line v[MIME_PARTS + 1];
	unsigned n;
};

static void
put_hex(struct buf *b, const char *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf_printf(b, "%02x", (unsigned char)bytes[i]);
}

static void
begin(struct line *line, const struct mime_part *part)
{
	struct buf names = BUF_INIT;
	size_t i;

	for (i = 0; i < part->nnames; i++) {
		if (i > 0)
			buf_putc(&names, ',');
		put_hex(&names, part->names[i], strlen(part->names[i]));
	}
	line->type = mem_dup(part->type);
	line->within = part->within;
	line->names = buf_steal(&names);
	line->bytes = line->text = (struct buf)BUF_INIT;
}

static void
reported(void *arg, const struct mime_event *e)
{
	struct lines *lines = arg;
	struct line *line = &lines->v[e->part->number];

	if (e->what == MIME_BEGIN) {
		begin(line, e->part);
		lines->n = e->part->number;
	} else if (e->what == MIME_BYTES) {
		put_hex(&line->bytes, e->bytes, e->n);
	} else if (e->what == MIME_TEXT) {
		put_hex(&line->text, e->bytes, e->n);
	} else {
		line->faults = e->part->faults;
	}
}

static void
print(struct lines *lines)
{
	struct line *line;
	unsigned i;

	for (i = 1; i <= lines->n; i++) {
		line = &lines->v[i];
		printf("%u\t%u\t%s\t%u\t%s\t%s\t%s\n", i, line->within,
		    line->type, line->faults, line->names, line->bytes.data,
		    line->text.data);
		free(line->type);
		free(line->names);
		buf_free(&line->bytes);
		buf_free(&line->text);
	}
}

int
main(int argc, char **argv)
{
	static struct lines lines;
	struct mime *m = mime_new(reported, &lines);
	static char message[1 << 24];
	size_t piece = argc > 1 ? (size_t)atoi(argv[1]) : 65536;
	size_t n = fread(message, 1, sizeof message, stdin), at, use;

	mime_header(m, "Content-Type",
	    "multipart/mixed; boundary=\"" OUTER "\"");
	mime_headers_end(m, false);
	mime_body(m, "--" OUTER "\r\n", sizeof "--" OUTER "\r\n" - 1);
	for (at = 0; at < n; at += use) {
		use = n - at < piece ? n - at : piece;
		mime_body(m, message + at, use);
	}
	mime_body(m, "\r\n--" OUTER "--\r\n",
	    sizeof "\r\n--" OUTER "--\r\n" - 1);
	mime_end(m);
	mime_free(m);
	print(&lines);
	return 0;
}
