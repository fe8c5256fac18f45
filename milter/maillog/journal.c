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
#include "base/whole_file.h"

#define CURSOR_MAX 1024
#define LENGTH_BYTES 8

struct journal {
	tail_fn *tell;
	void *arg;
	char *cursor;		/* of the last entry that was passed on */
	char *next;		/* of this one */
	struct buf time, host, program, pid, message;
	bool binary;		/* the next line is a message with its length */
};

struct journal *
journal_new(tail_fn *tell, void *arg)
{
	struct journal *j = mem_alloc(sizeof *j);

	j->tell = tell;
	j->arg = arg;
	j->time = j->host = j->program = j->pid = j->message =
	    (struct buf)BUF_INIT;
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

static void
tell_entry(struct journal *j)
{
	struct buf line = BUF_INIT;

	if (j->message.len > 0 && j->program.len > 0) {
		put_stamp(&line, j->time.data);
		buf_printf(&line, " %s %s", j->host.len > 0 ? j->host.data :
		    "localhost", j->program.data);
		if (j->pid.len > 0)
			buf_printf(&line, "[%s]", j->pid.data);
		buf_puts(&line, ": ");
		buf_put(&line, j->message.data, j->message.len);
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

void
journal_line(void *arg, const char *line, size_t n)
{
	struct journal *j = arg;
	const char *equals = memchr(line, '=', n);

	if (j->binary) {
		j->binary = false;
		if (n > LENGTH_BYTES)
			take_field(j, "MESSAGE", 7, line + LENGTH_BYTES,
			    n - LENGTH_BYTES);
	} else if (n == 0)
		tell_entry(j);
	else if (equals == NULL)
		j->binary = n == 7 && memcmp(line, "MESSAGE", 7) == 0;
	else
		take_field(j, line, (size_t)(equals - line), equals + 1,
		    n - (size_t)(equals - line) - 1);
}

void
journal_load(struct journal *j, const char *path)
{
	FILE *f = path != NULL ? fopen(path, "re") : NULL;
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
