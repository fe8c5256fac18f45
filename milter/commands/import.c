/* import - saywhy import: who passed another greylister passes ours */

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"
#include "base/process.h"
#include "base/strset.h"
#include "commands/command.h"
#include "commands/daemon.h"
#include "doors/control_greylist.h"
#include "engine/ruleset.h"
#include "lists/greylist_file.h"
#include "version.h"

/* It is there where a /dev of few files has no stdin. */
#ifdef __linux__
#define STDIN_NAME "/proc/self/fd/0"
#else
#define STDIN_NAME "/dev/stdin"
#endif

#define DAY_S ((int64_t)24 * 3600)
#define LINE_BYTES (CONTROL_GREYLIST_MAX - NET_TEXT - 2)

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	{ .name = NULL }
};

/* Networks that were not printed yet, and those that were. */
struct import {
	const char *control;
	struct strset known;
	struct buf line, errmsg;
	uint64_t networks;
	bool failed, off;
};

static void
tell_daemon(struct import *im)
{
	struct buf answer = BUF_INIT;

	if (im->line.len > 0 && !im->failed) {
		buf_putc(&im->line, '\n');
		im->failed = !daemon_ask_about(im->control, im->line.data,
		    &answer, &im->errmsg);
		im->off |= strncmp(daemon_after(answer.data, "known"), "null",
		    4) == 0;
	}
	buf_clear(&im->line);
	buf_free(&answer);
}

static void
on_client(void *arg, const struct ip *client)
{
	struct import *im = arg;
	char network[NET_TEXT];

	net_of_peer(client, network);
	if (!strset_add(&im->known, network))
		return;
	im->networks++;
	buf_printf(&im->line, "%s%s", im->line.len == 0 ? CONTROL_GREYLIST :
	    " ", network);
	if (im->line.len >= LINE_BYTES)
		tell_daemon(im);
}

/* The magic numbers of hash and btree, in either byte order, at byte 12. */
static bool
is_berkeley_db(const struct buf *text)
{
	static const char magic[][5] = { "\x62\x31\x05\x00",
		"\x00\x05\x31\x62", "\x61\x15\x06\x00", "\x00\x06\x15\x61" };
	size_t i;

	for (i = 0; i < sizeof magic / sizeof magic[0]; i++)
		if (text->len > 16 && memcmp(text->data + 12, magic[i], 4) == 0)
			return true;
	return false;
}

/* The bytes in a file that has no name, from its beginning. */
static FILE *
nameless(const struct buf *bytes)
{
	FILE *f = tmpfile();

	if (f != NULL && (fwrite(bytes->data, 1, bytes->len, f) < bytes->len ||
	    fflush(f) != 0 || fseek(f, 0, SEEK_SET) != 0)) {
		fclose(f);
		f = NULL;
	}
	return f;
}

/*
 * What runs db_dump, in the root folder, for its library reads a DB_CONFIG that
 * is where it runs. Debian calls it by its version; status 127: there is none.
 */
static void
become_dump(int database, int out)
{
	static const char *const names[] = { "db_dump", "db5.3_dump" };
	size_t i;

	if (dup2(database, STDIN_FILENO) >= 0 &&
	    dup2(out, STDOUT_FILENO) >= 0 && chdir("/") == 0)
		for (i = 0; i < sizeof names / sizeof names[0]; i++)
			execlp(names[i], names[i], STDIN_NAME, (char *)NULL);
	_exit(127);
}

/* How it ended, as words; "" when well. */
static void
dump_failed(int status, struct buf *errmsg)
{
	if (WIFSIGNALED(status))
		buf_printf(errmsg, "db_dump ended by signal %d",
		    WTERMSIG(status));
	else if (WEXITSTATUS(status) == 127)
		buf_puts(errmsg, "it takes db_dump (Debian: db-util) to read "
		    "it");
	else if (WEXITSTATUS(status) != 0)
		buf_printf(errmsg, "db_dump failed with status %d",
		    WEXITSTATUS(status));
}

/* The text of a database instead of the database. */
static bool
dump(struct buf *text, struct buf *errmsg)
{
	FILE *database = nameless(text), *f;
	int ends[2], status = 0;
	pid_t child = -1;

	if (database != NULL && pipe2(ends, O_CLOEXEC) == 0)
		child = fork();
	if (child < 0) {
		buf_printf(errmsg, "nothing can read it: %m");
		return false;
	}
	if (child == 0)
		become_dump(fileno(database), ends[1]);
	close(ends[1]);
	fclose(database);
	buf_clear(text);
	f = fdopen(ends[0], "r");
	if (f != NULL) {
		buf_read(text, f, SIZE_MAX);
		fclose(f);
	}
	if (waitpid(child, &status, 0) != child)
		buf_printf(errmsg, "db_dump is lost: %m");
	else
		dump_failed(status, errmsg);
	return errmsg->len == 0;
}

static bool
load(const char *path, struct buf *text)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	bool good = f != NULL && buf_read(text, f, SIZE_MAX);

	if (!good)
		fprintf(stderr, "saywhy import: %s: %m\n", path);
	if (f != NULL && f != stdin)
		fclose(f);
	return good;
}

/*
 * What another program wrote, and strangers had a hand in, is looked into with
 * the rights of the account alone: by us, and by db_dump.
 */
static bool
open_up(const char *path, const struct ruleset *r, struct buf *text)
{
	struct buf errmsg = BUF_INIT;

	command_as_account(r);
	if (!is_berkeley_db(text))
		return true;
	if (geteuid() == 0) {
		buf_puts(&errmsg, "root runs no db_dump on it. ");
		process_no_account(r->daemon.user, &errmsg);
	} else if (dump(text, &errmsg))
		return true;
	fprintf(stderr, "saywhy import: %s: is a Berkeley DB; %s\n", path,
	    errmsg.data);
	buf_free(&errmsg);
	return false;
}

static int
import_text(struct import *im, const struct buf *text)
{
	struct greylist_file_options o = { .now = time(NULL), .delay = 300,
		.max_age = 36 * DAY_S };
	struct greylist_file_counts c;

	greylist_file_read(text->data, text->len, &o, on_client, im, &c);
	tell_daemon(im);
	if (im->failed || im->off) {
		fprintf(stderr, "saywhy import: %s\n", im->failed ?
		    im->errmsg.data : "the running saywhyd greylists nobody; "
		    "blacklist.greylist turns it on");
		return EX_UNAVAILABLE;
	}
	printf("%llu networks are known now (%llu entries); left out: %llu "
	    "that wait still, %llu too old, %llu that are none\n",
	    (unsigned long long)im->networks, (unsigned long long)c.passed,
	    (unsigned long long)c.waiting, (unsigned long long)c.old,
	    (unsigned long long)c.bad);
	return c.passed + c.waiting + c.old > 0 || c.bad == 0 ? 0 : EX_DATAERR;
}

static int
run(struct arguments *args)
{
	const char *path = SAYWHY_CONFIG, *value;
	struct import im = { .line = BUF_INIT, .errmsg = BUF_INIT };
	struct buf text = BUF_INIT;
	struct ruleset *r;
	int status = EX_NOINPUT;

	while (arguments_next(args, &value) != NULL)
		path = value;
	r = command_settings(path);
	im.control = r->daemon.control;
	buf_puts(&text, "");
	if (load(args->argv[0], &text) && open_up(args->argv[0], r, &text))
		status = import_text(&im, &text);
	strset_free(&im.known);
	buf_free(&im.line);
	buf_free(&im.errmsg);
	buf_free(&text);
	ruleset_release(r);
	return status;
}

const struct command command_import = {
	.name = "import",
	.words = "FILE|-",
	.min_words = 1,
	.max_words = 1,
	.summary = "Lets pass who passed postgrey or milter-greylist",
	.arguments = arguments,
	.run = run
};
