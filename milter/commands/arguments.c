/* arguments - the command line of one command, by a table */

#include "commands/arguments.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "commands/command.h"

#define ARGUMENTS_MAX 24
#define HELP 1000		/* what getopt_long() gives for --help */
#define FIRST 1001		/* … and for the first row of the table */

/* Rows become what getopt_long() wants. */
static void
fill(const struct argument *rows, struct option *longs, char *letters)
{
	size_t i;

	*letters++ = ':';
	for (i = 0; rows[i].name != NULL; i++) {
		longs[i] = (struct option){ rows[i].name,
			rows[i].value != NULL ? required_argument :
			no_argument, NULL, FIRST + (int)i };
		if (rows[i].letter == '\0')
			continue;
		*letters++ = rows[i].letter;
		if (rows[i].value != NULL)
			*letters++ = ':';
	}
	longs[i++] = (struct option){ "help", no_argument, NULL, HELP };
	longs[i] = (struct option){ NULL, 0, NULL, 0 };
	*letters++ = 'h';
	*letters = '\0';
}

const struct argument *
arguments_of(const struct command *command)
{
	static const struct argument none = { .name = NULL };

	return command->arguments != NULL ? command->arguments : &none;
}

static const struct argument *
by_letter(const struct argument *rows, int letter)
{
	while (rows->name != NULL && rows->letter != letter)
		rows++;
	return rows;
}

/* What is left after the options: neither too few words nor too many. */
static void
count_words(const struct arguments *a)
{
	const struct command *c = a->command;

	if (a->argc < c->min_words)
		arguments_wrong(a, "%s missing",
		    c->min_words == 1 ? "a word is" : "words are");
	if (a->argc > c->max_words)
		arguments_wrong(a, "\"%.60s\" is a word too many",
		    a->argv[c->max_words]);
}

/* It is none, or the beginning of several. */
static void
no_option(const struct arguments *a, const char *arg)
{
	const struct argument *row, *first = NULL;
	size_t n = strlen(arg);

	for (row = arguments_of(a->command); row->name != NULL; row++) {
		if (n <= 2 || strncmp(arg, "--", 2) != 0 ||
		    strncmp(arg + 2, row->name, n - 2) != 0)
			continue;
		if (first != NULL)
			arguments_wrong(a, "%s may be --%s or --%s", arg,
			    first->name, row->name);
		first = row;
	}
	arguments_wrong(a, "there is no option %s", arg);
}

const struct argument *
arguments_next(struct arguments *a, const char **value)
{
	const struct argument *rows = arguments_of(a->command);
	struct option longs[ARGUMENTS_MAX];
	char letters[2 * ARGUMENTS_MAX];
	int c;

	fill(rows, longs, letters);
	opterr = 0;
	c = getopt_long(a->argc, a->argv, letters, longs, NULL);
	*value = optarg;
	if (c == -1) {
		a->argc -= optind;
		a->argv += optind;
		count_words(a);
		return NULL;
	}
	if (c == HELP || c == 'h') {
		arguments_help(a->command);
		exit(0);
	}
	if (c == ':')
		arguments_wrong(a, "%s needs a value", a->argv[optind - 1]);
	if (c == '?')
		no_option(a, a->argv[optind - 1]);
	return c >= FIRST ? &rows[c - FIRST] : by_letter(rows, c);
}

void
arguments_help(const struct command *command)
{
	const struct argument *row;
	char left[64];

	printf("usage: saywhy %s %s\n%s.\n", command->name, command->words,
	    command->summary);
	for (row = arguments_of(command); row->name != NULL; row++) {
		snprintf(left, sizeof left, "--%s%s%s", row->name,
		    row->value != NULL ? " " : "",
		    row->value != NULL ? row->value : "");
		printf("  %c%c %-24s %s\n", row->letter ? '-' : ' ',
		    row->letter ? row->letter : ' ', left, row->help);
	}
	printf("  -h --help%19sthis\n", "");
}

void
arguments_wrong(const struct arguments *a, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "saywhy %s: ", a->command->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nusage: saywhy %s %s\n", a->command->name,
	    a->command->words);
	exit(EX_USAGE);
}
