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
#define OBSERVED_MS 3000
#define LINE_BYTES_MAX 2048
#define LINES_MAX 64
#define TAIL_MAX ((long)1 << 20)

struct talk {
	int fd;
	int64_t deadline;
	struct buf reply;	/* the last one, lines with LF */
	struct buf nobody;	/* the mailbox that was refused */
};

/* The reply's code, or 0 when there is none. */
static int
read_reply(struct talk *t)
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
	return good ? read_reply(t) : 0;
}

/* A mailbox that does not exist; without a domain at the server's name. */
static int
ask_for_nobody(struct talk *t, const struct ruleset *rules, const char *domain)
{
	struct buf command = BUF_INIT;
	char id[RECORD_ID_TEXT];
	int code;

	record_id(id);
	buf_clear(&t->nobody);
	buf_printf(&t->nobody, "saywhy-verify-%s@%s", id,
	    domain != NULL ? domain : rules->site.name);
	buf_printf(&command, "RCPT TO:<%s>", t->nobody.data);
	code = say(t, command.data);
	buf_free(&command);
	return code;
}

/* True: a recipient was refused, and the reply is in t->reply. */
static bool
get_refused(struct talk *t, const struct ruleset *rules)
{
	/* The first is this machine for a client on loopback. */
	static const char *const domains[] = { "[127.0.0.1]", NULL,
		"invalid" };
	struct buf hello = BUF_INIT;
	bool refused = false;
	size_t i;

	buf_printf(&hello, "EHLO %s", rules->site.name);
	if (read_reply(t) == 220 && say(t, hello.data) == 250 &&
	    say(t, "MAIL FROM:<>") == 250)
		for (i = 0; i < 3 && !refused; i++)
			refused = ask_for_nobody(t, rules, domains[i]) >= 400;
	buf_free(&hello);
	return refused;
}

/* The id at the end of the reply, or NULL. */
static const char *
id_of(struct buf *reply)
{
	char id[RECORD_ID_TEXT];
	const char *at;
	size_t n;

	while (reply->len > 0 && reply->data[reply->len - 1] == '\n')
		buf_cut(reply, reply->len - 1);
	for (n = RECORD_ID_TEXT - 1; n >= 12; n -= 2) {
		at = reply->data + reply->len - n;
		if (reply->len >= n && strspn(at, "0123456789ABCDEFGHJKMNPQRS"
		    "TVWXYZ") == n && record_id_read(at, n, id))
			return at;
	}
	return NULL;
}

/* The line of the record file that has this word. */
static bool
print_record(const char *path, const char *word)
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
		found = strstr(line, word) != NULL;
	if (found)
		printf("\nIts record:\n\n%s", line);
	free(line);
	fclose(f);
	return found;
}

/*
 * In observe mode the reply stays as it is; the record shows that saywhy was
 * asked. What the mail server refuses itself is recorded a second later.
 */
static bool
show_observed(const struct talk *t, const struct ruleset *rules)
{
	const int64_t end = clock_ms() + OBSERVED_MS;
	bool found = false;

	puts("\nmode = observe: saywhy records, and the reply stays the mail "
	    "server's own.");
	while (!(found = print_record(rules->records.file, t->nobody.data)) &&
	    clock_ms() < end)
		usleep(100000);
	if (!found)
		printf("\nBut there is no record of it in %s: saywhy was not "
		    "asked.\n", rules->records.file != NULL ?
		    rules->records.file : "a record-file, for none is set");
	return found;
}

static bool
show(struct talk *t, const struct ruleset *rules)
{
	const char *id;

	printf("%s\n", t->reply.data);
	id = id_of(&t->reply);
	if (id == NULL && rules->policy.mode == MODE_OBSERVE)
		return show_observed(t, rules);
	if (id == NULL) {
		puts("\nThe reply tells no id: saywhy was not asked.");
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
		.reply = BUF_INIT, .nobody = BUF_INIT };
	struct buf errmsg = BUF_INIT;
	bool good = false;

	t.fd = sock_connect_text(spec, t.deadline, &errmsg);
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
	buf_free(&t.nobody);
	buf_free(&errmsg);
	return good;
}
