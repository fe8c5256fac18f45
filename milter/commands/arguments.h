/*
 * arguments.h - the command line of one command, by a table
 *
 * The only includer of <getopt.h>, whose struct option is another one than
 * ours. Options may be shortened and stand anywhere; "--" ends them.
 */
#ifndef COMMANDS_ARGUMENTS_H
#define COMMANDS_ARGUMENTS_H

#include <stdbool.h>

struct argument {
	const char *name;	/* "config"; NULL ends a table */
	char letter;		/* 'c', 0: only the long form */
	const char *value;	/* "FILE"; NULL: has none */
	const char *help;
};

struct command;

struct arguments {
	const struct command *command;
	int argc;		/* what is left after the options … */
	char **argv;		/* … once arguments_next() gave NULL */
};

/*
 * The next option and its value (NULL where it takes none). NULL at the end,
 * once the words that are left were counted (min_words, max_words). A mistake
 * ends the program with EX_USAGE and words on stderr, --help with status 0.
 */
const struct argument *arguments_next(struct arguments *a,
    const char **value);

/* The options of a command, up to a row whose name is NULL; never NULL. */
const struct argument *arguments_of(const struct command *command);

/* Usage, summary and options of a command. */
void arguments_help(const struct command *command);

/* "saywhy COMMAND: words", and the end with EX_USAGE. */
void arguments_wrong(const struct arguments *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), noreturn));

#endif
