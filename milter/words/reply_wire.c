/* reply_wire - a whole reply as it goes over the wire, and back */

#include "words/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/* "550" and what follows it, of one line without its end. */
static bool
is_line_of(const char *line, size_t n, int code)
{
	char digits[4];

	if (n < 3)
		return false;
	snprintf(digits, sizeof digits, "%d", code);
	return memcmp(line, digits, 3) == 0 &&
	    (n == 3 || line[3] == ' ' || line[3] == '-');
}

/* A code of class 4 or 5 at the beginning, or 0. */
static int
code_of(const char *text, size_t n)
{
	int code = 0;
	size_t i;

	if (n < 3 || (text[0] != '4' && text[0] != '5'))
		return 0;
	for (i = 0; i < 3; i++) {
		if (text[i] < '0' || text[i] > '9')
			return 0;
		code = code * 10 + (text[i] - '0');
	}
	return code;
}

static bool
take_line(struct reply *reply, const char *line, size_t n)
{
	size_t skip = n > 3 ? 4 : 3;

	if (reply->n == REPLY_LINES_READ || !is_line_of(line, n, reply->code))
		return false;
	reply->lines[reply->n++] = mem_ndup(line + skip, n - skip);
	return true;
}

/* Moves the status that all lines share to its own place. */
static void
part_status(struct reply *reply)
{
	size_t n = reply_status_length(reply->lines[0]), i;

	if (reply->lines[0][n] != ' ')
		return;		/* nothing but a status: it is the text */
	for (i = 1; n > 0 && i < reply->n; i++)
		if (strncmp(reply->lines[i], reply->lines[0], n + 1) != 0)
			n = 0;
	if (n == 0)
		return;
	memcpy(reply->status, reply->lines[0], n);
	reply->status[n] = '\0';
	for (i = 0; i < reply->n; i++)
		memmove(reply->lines[i], reply->lines[i] + n + 1,
		    strlen(reply->lines[i] + n + 1) + 1);
}

bool
reply_parse(struct reply *reply, const char *text, size_t n)
{
	const char *end = text + n, *newline, *stop;
	bool good;

	reply_clear(reply);
	reply->code = memchr(text, '\0', n) == NULL ? code_of(text, n) : 0;
	good = reply->code != 0;
	for (; good && text < end; text = newline + 1) {
		newline = memchr(text, '\n', (size_t)(end - text));
		if (newline == NULL)
			newline = end;
		stop = newline > text && newline[-1] == '\r' && newline < end ?
		    newline - 1 : newline;
		good = take_line(reply, text, (size_t)(stop - text));
	}
	if (!good) {
		reply_clear(reply);
		return false;
	}
	part_status(reply);
	return true;
}

void
reply_put_wire(const struct reply *reply, struct buf *out)
{
	char code[12];
	size_t i;

	snprintf(code, sizeof code, "%d", reply->code);
	for (i = 0; i < reply->n; i++) {
		buf_puts(out, i > 0 ? "\r\n" : "");
		buf_puts(out, code);
		buf_putc(out, i + 1 < reply->n ? '-' : ' ');
		buf_puts(out, reply->status);
		buf_puts(out, *reply->status != '\0' ? " " : "");
		buf_puts(out, reply->lines[i]);
	}
}

bool
reply_status_tells(const char *status)
{
	static const char *const vague[] = { "", ".0.0", ".1.0", ".2.0",
		".3.0", ".4.0", ".5.0", ".7.0", ".7.1" };
	size_t i;

	for (i = 0; i < sizeof vague / sizeof vague[0]; i++)
		if (*status == '\0' || strcmp(status + 1, vague[i]) == 0)
			return false;
	return true;
}
