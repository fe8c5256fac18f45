/* command - what the commands of the tool share */

#include "commands/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/process.h"
#include "engine/ruleset.h"

static struct ruleset *
rules_or_end(struct ruleset *r, struct diags *d)
{
	diags_print(d, stderr);
	diags_free(d);
	if (r == NULL)
		exit(EX_CONFIG);
	return r;
}

struct ruleset *
command_rules(const char *path)
{
	struct diags d = DIAGS_INIT;
	struct ruleset *r = ruleset_load(path, &d);

	return rules_or_end(r, &d);
}

struct ruleset *
command_settings(const char *path)
{
	struct diags d = DIAGS_INIT;
	struct ruleset *r = ruleset_read(path, &d);

	return rules_or_end(r, &d);
}

void
command_as_account(const struct ruleset *r)
{
	struct buf errmsg = BUF_INIT;

	if (process_group_of(r->daemon.user) != (gid_t)-1 &&
	    !process_become(r->daemon.user, &errmsg)) {
		fprintf(stderr, "saywhy: %s\n", errmsg.data);
		exit(EX_NOPERM);
	}
	buf_free(&errmsg);
}

bool
command_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0');
}

int
command_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
	    size.ws_col < 40 || size.ws_col > 80)
		return 80;
	return size.ws_col;
}
