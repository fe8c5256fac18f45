/*
 * command.h - one command of the tool: one file, one row of commands.def
 */
#ifndef COMMANDS_COMMAND_H
#define COMMANDS_COMMAND_H

#include <stdbool.h>

#include "commands/arguments.h"

struct ruleset;

/* As max_words: as many as somebody likes to give. */
#define COMMAND_ANY 1000000

struct command {
	const char *name;
	const char *words;		/* what follows it, "[FILE]" */
	/* beside options; COMMAND_ANY: no limit */
	int min_words, max_words;
	const char *summary;		/* one line without a full stop */
	/* Its options, up to a row whose name is NULL; NULL: it has none. */
	const struct argument *arguments;
	/* Exit status: 0 good, 1 the answer is no, or of sysexits.h. */
	int (*run)(struct arguments *args);
};

/* Every command, ends with NULL. */
extern const struct command *const commands_all[];

/* Loads a configuration, or prints every mistake and ends with EX_CONFIG. */
struct ruleset *command_rules(const char *path);
/* The same without its checks (ruleset_read()). */
struct ruleset *command_settings(const char *path);

/*
 * Root becomes the account of the daemon, so that what lies in its folders is
 * touched with its rights and no others; where there is none such, stays.
 */
void command_as_account(const struct ruleset *r);

/* May stdout be coloured? A terminal, and no NO_COLOR in the environment. */
bool command_colour(void);

/* Columns of the terminal, at most 80. */
int command_width(void);

/* The option of every command that reads a configuration. */
#define COMMAND_CONFIG { .name = "config", .letter = 'c', .value = "FILE", \
	.help = "read this configuration instead of the installed one" }
#define COMMAND_JSON { .name = "json", .help = "print JSON" }

#endif
