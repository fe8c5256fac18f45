/* saywhy - the tool: a table of commands */

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/diag.h"
#include "commands/command.h"
#include "pages/language.h"
#include "version.h"

#define COMMANDS_MAX 32

static const struct command *
find(const char *name)
{
	size_t i;

	for (i = 0; commands_all[i] != NULL; i++)
		if (strcmp(commands_all[i]->name, name) == 0)
			return commands_all[i];
	return NULL;
}

static int
list(FILE *out)
{
	size_t i;

	fputs("usage: saywhy COMMAND [OPTION]... [WORD]...\n\n", out);
	for (i = 0; commands_all[i] != NULL; i++)
		fprintf(out, "  %-10s %s\n", commands_all[i]->name,
		    commands_all[i]->summary);
	fputs("\nsaywhy help COMMAND tells more, saywhy(1) tells all.\n", out);
	return out == stdout ? 0 : EX_USAGE;
}

static int
unknown(const char *name)
{
	const char *names[COMMANDS_MAX], *nearest;
	size_t i;

	for (i = 0; commands_all[i] != NULL; i++)
		names[i] = commands_all[i]->name;
	names[i] = NULL;
	nearest = diag_nearest(name, names);
	fprintf(stderr, "saywhy: there is no command \"%.60s\"", name);
	if (nearest != NULL)
		fprintf(stderr, "; did you mean \"%s\"?", nearest);
	fputc('\n', stderr);
	return EX_USAGE;
}

static int
help(int argc, char **argv)
{
	const struct command *c;

	if (argc < 3)
		return list(stdout);
	c = find(argv[2]);
	if (c == NULL)
		return unknown(argv[2]);
	arguments_help(c);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct command *c;
	struct arguments args;

	language_check_catalogue();
	if (argc < 2)
		return list(stderr);
	if (strcmp(argv[1], "-V") == 0 || strcmp(argv[1], "--version") == 0)
		return puts("saywhy " SAYWHY_VERSION) == EOF;
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "--help") == 0)
		return help(argc, argv);
	c = find(argv[1]);
	if (c == NULL)
		return unknown(argv[1]);
	args = (struct arguments){ .command = c, .argc = argc - 1,
		.argv = argv + 1 };
	return c->run(&args);
}
