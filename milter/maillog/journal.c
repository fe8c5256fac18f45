/* journal - what journalctl -o export writes becomes lines of a log */

#include "maillog/journal.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/regular_file.h"
#include "base/whole_file.h"

#define CURSOR_MAX 1024
#define LENGTH_BYTES 8

/* What comes next. A value with its length may hold line ends. */
enum part { PART_LINE, PART_LENGTH, PART_VALUE, PART_END };

struct journal {
	tail_fn *tell;
	void *arg;
	char *cursor;		/* of the last entry that was passed on */
	char *next;		/* of this one */
	struct buf time, host, program, pid, message;
	enum part part;
	struct buf name, text;	/* of this field, as far as they came */
	uint64_t left;		/* bytes of the value */
};

struct journal *
journal_new(tail_fn *tell, void *arg)
{
	struct journal *j = mem_alloc(sizeof *j);

	j->tell = tell;
	j->arg = arg;
	j->time = j->host = j->program = j->pid = j->message = j->name =
	    j->text = (struct buf)BUF_INIT;
	return j;
}

void
journal_free(struct journal *j)
{
	if (j == NULL)
		return;
	free(j->cursor);
	free(j->next);
	buf_free(&j->time);
	buf_free(&j->host);
	buf_free(&j->program);
	buf_free(&j->pid);
	buf_free(&j->message);
	buf_free(&j->name);
	buf_free(&j->text);
	free(j);
}

const char *
journal_cursor(const struct journal *j)
{
	return j->cursor != NULL ? j->cursor : "";
}

void
journal_begin(struct journal *j)
{
	mem_replace(&j->cursor, JOURNAL_BEGIN);
}

/* "2026-11-27T06:46:10+0000", of microseconds since 1970. */
static void
put_stamp(struct buf *out, const char *usec)
{
	time_t seconds = (time_t)(strtoull(usec, NULL, 10) / 1000000);
	struct tm tm;
	char text[40];

	if (localtime_r(&seconds, &tm) != NULL &&
	    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S%z", &tm) > 0)
		buf_puts(out, text);
}

/* An entry is one line, whatever its writer put into it. */
static void
put_plain(struct buf *out, const struct buf *text)
{
	size_t i;

	for (i = 0; i < text->len; i++)
		buf_putc(out, (unsigned char)text->data[i] < ' ' &&
		    text->data[i] != '\t' ? '?' : text->data[i]);
}

static void
tell_entry(struct journal *j)
{
	struct buf line = BUF_INIT;

	if (j->message.len > 0 && j->program.len > 0) {
		put_stamp(&line, j->time.data);
		buf_putc(&line, ' ');
		put_plain(&line, &j->host);
		buf_puts(&line, j->host.len > 0 ? " " : "localhost ");
		put_plain(&line, &j->program);
		if (j->pid.len > 0) {
			buf_putc(&line, '[');
			put_plain(&line, &j->pid);
			buf_putc(&line, ']');
		}
		buf_puts(&line, ": ");
		put_plain(&line, &j->message);
		j->tell(j->arg, line.data, line.len);
	}
	buf_free(&line);
	if (j->next != NULL) {
		free(j->cursor);
		j->cursor = j->next;
		j->next = NULL;
	}
	buf_clear(&j->time);
	buf_clear(&j->host);
	buf_clear(&j->program);
	buf_clear(&j->pid);
	buf_clear(&j->message);
}

/* SYSLOG_PID goes before _PID, which comes later or earlier. */
static void
take_field(struct journal *j, const char *name, size_t name_n,
    const char *value, size_t n)
{
	const struct {
		const char *name;
		struct buf *into;
	} fields[] = {
		{ "__REALTIME_TIMESTAMP", &j->time },
		{ "_HOSTNAME", &j->host },
		{ "SYSLOG_IDENTIFIER", &j->program },
		{ "SYSLOG_PID", &j->pid },
		{ "MESSAGE", &j->message },
	};
	size_t i;

	for (i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (strlen(fields[i].name) == name_n &&
		    memcmp(fields[i].name, name, name_n) == 0) {
			buf_clear(fields[i].into);
			buf_put(fields[i].into, value, n);
		}
	if (name_n == 4 && memcmp(name, "_PID", 4) == 0 && j->pid.len == 0)
		buf_put(&j->pid, value, n);
	if (name_n == 8 && memcmp(name, "__CURSOR", 8) == 0 &&
	    n < CURSOR_MAX) {
		free(j->next);
		j->next = mem_ndup(value, n);
	}
}

/* The start of what is longer is enough. */
static void
keep(struct journal *j, const char *bytes, size_t n)
{
	size_t room = TAIL_LINE_MAX - j->text.len;

	buf_put(&j->text, bytes, n < room ? n : room);
}

static void
end_line(struct journal *j)
{
	const char *line = j->text.data;
	size_t n = j->text.len;
	const char *equals = memchr(line, '=', n);

	if (n == 0)
		tell_entry(j);
	else if (equals != NULL)
		take_field(j, line, (size_t)(equals - line), equals + 1,
		    n - (size_t)(equals - line) - 1);
	else {
		buf_clear(&j->name);
		buf_put(&j->name, line, n);
		j->part = PART_LENGTH;
	}
	buf_clear(&j->text);
}

/* Little end first. */
static void
end_length(struct journal *j)
{
	size_t i;

	j->left = 0;
	for (i = LENGTH_BYTES; i-- > 0; )
		j->left = j->left << 8 | (unsigned char)j->text.data[i];
	buf_clear(&j->text);
	j->part = j->left > 0 ? PART_VALUE : PART_END;
}

static size_t
take_line(struct journal *j, const char *bytes, size_t n)
{
	const char *eol = memchr(bytes, '\n', n);

	keep(j, bytes, eol != NULL ? (size_t)(eol - bytes) : n);
	if (eol == NULL)
		return n;
	end_line(j);
	return (size_t)(eol - bytes) + 1;
}

static size_t
take_length(struct journal *j, const char *bytes, size_t n)
{
	size_t want = LENGTH_BYTES - j->text.len;

	if (n > want)
		n = want;
	buf_put(&j->text, bytes, n);
	if (j->text.len == LENGTH_BYTES)
		end_length(j);
	return n;
}

static size_t
take_value(struct journal *j, const char *bytes, size_t n)
{
	if (n > j->left)
		n = (size_t)j->left;
	keep(j, bytes, n);
	j->left -= n;
	if (j->left == 0)
		j->part = PART_END;
	return n;
}

/* The line end behind a value. */
static size_t
take_end(struct journal *j, const char *bytes, size_t n)
{
	(void)bytes;
	(void)n;
	take_field(j, j->name.data, j->name.len, j->text.data, j->text.len);
	buf_clear(&j->text);
	j->part = PART_LINE;
	return 1;
}

void
journal_put(void *arg, const char *bytes, size_t n)
{
	static size_t (*const take[])(struct journal *, const char *,
	    size_t) = { [PART_LINE] = take_line, [PART_LENGTH] = take_length,
		[PART_VALUE] = take_value, [PART_END] = take_end };
	struct journal *j = arg;
	size_t done;

	for (; n > 0; bytes += done, n -= done)
		done = take[j->part](j, bytes, n);
}

void
journal_load(struct journal *j, const char *path)
{
	FILE *f = path != NULL ? regular_file_open(path, NULL) : NULL;
	char line[CURSOR_MAX] = "";

	if (f == NULL)
		return;
	if (fgets(line, sizeof line, f) != NULL)
		line[strcspn(line, "\n")] = '\0';
	fclose(f);
	/* Of a log file it would be numbers. */
	if (strncmp(line, "s=", 2) == 0)
		mem_replace(&j->cursor, line);
}

void
journal_save(const struct journal *j, const char *path)
{
	struct buf text = BUF_INIT, errmsg = BUF_INIT;

	if (path == NULL || j->cursor == NULL)
		return;
	buf_printf(&text, "%s\n", j->cursor);
	if (!whole_file_keep(path, &text, &errmsg))
		log_warn("%s", errmsg.data);
	buf_free(&text);
	buf_free(&errmsg);
}
