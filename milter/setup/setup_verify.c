/* setup_verify - has a refusal of this mail server an id? */

#include "setup/setup_verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/sock.h"
#include "engine/ruleset.h"
#include "records/record.h"
#include "setup/setup_file.h"

#define WAIT_MS 120000		/* Postfix waits 100 s for a map that hangs */
#define LINE_BYTES_MAX 2048
#define LINES_MAX 64
#define TAIL_MAX ((long)1 << 20)

struct talk {
	int fd;
	int64_t deadline;
	struct buf reply;	/* the last one, lines with LF */
};

/* The reply's code, or 0 when there is none. */
static int
hear(struct talk *t)
{
	struct buf line = BUF_INIT;
	int code = 0, n = 0;
	bool more = true;

	buf_clear(&t->reply);
	while (more && n++ < LINES_MAX) {
		buf_clear(&line);
		if (!sock_read_line(t->fd, &line, LINE_BYTES_MAX, t->deadline))
			break;
		while (line.len > 0 && line.data[line.len - 1] == '\r')
			buf_cut(&line, line.len - 1);
		buf_printf(&t->reply, "%s\n", line.data);
		more = line.len > 3 && line.data[3] == '-';
		code = more ? 0 : atoi(line.data);
	}
	buf_free(&line);
	return code;
}

static int
say(struct talk *t, const char *command)
{
	struct buf line = BUF_INIT;
	bool good;

	buf_printf(&line, "%s\r\n", command);
	good = sock_write(t->fd, line.data, line.len, t->deadline);
	buf_free(&line);
	return good ? hear(t) : 0;
}

/* A mailbox that does not exist; without a domain at the server's name. */
static void
put_nobody(const struct ruleset *rules, const char *domain, struct buf *out)
{
	char id[RECORD_ID_TEXT];

	record_id(id);
	buf_printf(out, "RCPT TO:<saywhy-verify-%s@%s>", id,
	    domain != NULL ? domain : rules->site.name);
}

/* True: a recipient was refused, and the reply is in t->reply. */
static bool
get_refused(struct talk *t, const struct ruleset *rules)
{
	/* The first is this machine for a client on loopback. */
	static const char *const domains[] = { "[127.0.0.1]", NULL,
		"invalid" };
	struct buf hello = BUF_INIT, rcpt = BUF_INIT;
	bool refused = false;
	size_t i;

	buf_printf(&hello, "EHLO %s", rules->site.name);
	if (hear(t) == 220 && say(t, hello.data) == 250 &&
	    say(t, "MAIL FROM:<>") == 250)
		for (i = 0; i < 3 && !refused; i++) {
			buf_clear(&rcpt);
			put_nobody(rules, domains[i], &rcpt);
			refused = say(t, rcpt.data) >= 400;
		}
	buf_free(&hello);
	buf_free(&rcpt);
	return refused;
}

/* Twelve digits of an id at the end of the reply, or NULL. */
static const char *
id_of(struct buf *reply)
{
	const size_t n = RECORD_ID_TEXT - 1;
	const char *at;

	while (reply->len > 0 && reply->data[reply->len - 1] == '\n')
		buf_cut(reply, reply->len - 1);
	if (reply->len < n)
		return NULL;
	at = reply->data + reply->len - n;
	return strspn(at, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") == n ? at : NULL;
}

/* The line of the record file that has it. */
static bool
print_record(const char *path, const char *id)
{
	FILE *f = path != NULL ? fopen(path, "re") : NULL;
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	if (f == NULL)
		return false;
	if (fseek(f, -TAIL_MAX, SEEK_END) != 0)
		rewind(f);
	while (!found && getline(&line, &size, f) > 0)
		found = strstr(line, id) != NULL;
	if (found)
		printf("\nIts record:\n\n%s", line);
	free(line);
	fclose(f);
	return found;
}

static bool
show(struct talk *t, const struct ruleset *rules)
{
	const char *id;

	printf("%s\n", t->reply.data);
	id = id_of(&t->reply);
	if (id == NULL) {
		puts("\nThe reply tells no id: saywhy was not asked, or it only "
		    "observes (mode).");
		return false;
	}
	if (rules->records.file == NULL) {
		puts("\nrecord-file is not set; look for the id in syslog.");
		return true;
	}
	if (print_record(rules->records.file, id))
		return true;
	printf("\nNo record of that id in %s.\n", rules->records.file);
	return false;
}

bool
setup_verify(const struct ruleset *rules, const char *spec)
{
	struct talk t = { .deadline = clock_ms() + WAIT_MS,
		.reply = BUF_INIT };
	struct sock_spec place;
	struct buf errmsg = BUF_INIT;
	bool good = false;

	t.fd = sock_spec_parse(spec, &place, &errmsg) ?
	    sock_connect(&place, t.deadline, &errmsg) : -1;
	if (t.fd < 0)
		printf("%s\n", errmsg.data);
	else if (get_refused(&t, rules))
		good = show(&t, rules);
	else
		printf("Nothing was refused; the last reply:\n\n%s",
		    t.reply.data);
	if (t.fd >= 0)
		close(t.fd);
	buf_free(&t.reply);
	buf_free(&errmsg);
	return good;
}
