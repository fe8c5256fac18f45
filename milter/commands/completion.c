/* completion - saywhy completion: what a shell offers behind "saywhy " */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "commands/command.h"

/* What stands for the value of an option, by the word its row has for it. */
static const struct {
	const char *value;
	const char *bash;	/* option of compgen */
	const char *zsh;	/* action of _arguments */
} values[] = {
	{ "FILE", "-f", "_files" },
	{ "KEY", "-f", "_files" },
	{ "FOLDER", "-d", "_files -/" },
	{ NULL, "-W ''", " " }
};

static size_t
value_row(const char *value)
{
	size_t i = 0;

	while (values[i].value != NULL && strcmp(values[i].value, value) != 0)
		i++;
	return i;
}

static void
bash_values(const struct argument *a)
{
	for (; a->name != NULL; a++) {
		if (a->value == NULL)
			continue;
		printf("\t\t--%s", a->name);
		if (a->letter != 0)
			printf(" | -%c", a->letter);
		printf(")\n\t\t\tCOMPREPLY=($(compgen %s -- \"$cur\"))\n"
		    "\t\t\treturn\n\t\t\t;;\n",
		    values[value_row(a->value)].bash);
	}
}

static bool
any_value(const struct argument *a)
{
	for (; a->name != NULL; a++)
		if (a->value != NULL)
			return true;
	return false;
}

static void
bash_command(const struct command *c)
{
	const struct argument *a;

	printf("\t%s)\n", c->name);
	if (any_value(arguments_of(c))) {
		puts("\t\tcase $prev in");
		bash_values(arguments_of(c));
		puts("\t\tesac");
	}
	printf("\t\twords='--help");
	for (a = arguments_of(c); a->name != NULL; a++)
		printf(" --%s", a->name);
	puts("'\n\t\t;;");
}

static void
print_bash(void)
{
	const struct command *const *c;

	puts("# bash completion of saywhy(1); saywhy completion bash makes it\n"
	    "\n_saywhy()\n{\n"
	    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} words=\n"
	    "\tlocal prev=${COMP_WORDS[COMP_CWORD - 1]}\n\n"
	    "\tif [ \"$COMP_CWORD\" -eq 1 ]; then");
	printf("\t\tCOMPREPLY=($(compgen -W '");
	for (c = commands_all; *c != NULL; c++)
		printf("%s%s", c == commands_all ? "" : " ", (*c)->name);
	puts("' -- \"$cur\"))\n\t\treturn\n\tfi\n"
	    "\tcase ${COMP_WORDS[1]} in");
	for (c = commands_all; *c != NULL; c++)
		bash_command(*c);
	puts("\tesac\n"
	    "\tcase $cur in\n"
	    "\t-*) COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")) ;;\n"
	    "\t*) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n"
	    "\tesac\n}\n"
	    "complete -o filenames -F _saywhy saywhy");
}

/* Inside single quotes and the brackets of _arguments. */
static void
put_zsh(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			fputs("'\\'", stdout);
		else if (strchr("[]:\\", *text) != NULL)
			putchar('\\');
		putchar(*text);
	}
}

static void
zsh_option(const struct argument *a)
{
	printf("\t\t\t'");
	if (a->letter != 0)
		printf("(-%c --%s)'{-%c%s,--%s%s}'", a->letter, a->name,
		    a->letter, a->value != NULL ? "+" : "", a->name,
		    a->value != NULL ? "=" : "");
	else
		printf("--%s%s", a->name, a->value != NULL ? "=" : "");
	putchar('[');
	put_zsh(a->help);
	putchar(']');
	if (a->value != NULL)
		printf(":%s:%s", a->value, values[value_row(a->value)].zsh);
	puts("' \\");
}

static void
print_zsh(void)
{
	const struct command *const *c;
	const struct argument *a;

	puts("#compdef saywhy\n"
	    "# zsh completion of saywhy(1); saywhy completion zsh makes it\n\n"
	    "_saywhy() {\n\tlocal -a commands=(");
	for (c = commands_all; *c != NULL; c++) {
		printf("\t\t'%s:", (*c)->name);
		put_zsh((*c)->summary);
		puts("'");
	}
	puts("\t)\n\n\tif ((CURRENT == 2)); then\n"
	    "\t\t_describe command commands\n\t\treturn\n\tfi\n"
	    "\tlocal command=$words[2]\n\tshift words\n\t((CURRENT--))\n"
	    "\tcase $command in");
	for (c = commands_all; *c != NULL; c++) {
		printf("\t%s)\n\t\t_arguments \\\n", (*c)->name);
		for (a = arguments_of(*c); a->name != NULL; a++)
			zsh_option(a);
		puts("\t\t\t'--help[help]' '*:file:_files'\n\t\t;;");
	}
	puts("\tesac\n}\n\n_saywhy \"$@\"");
}

static int
run(struct arguments *args)
{
	const char *value;

	while (arguments_next(args, &value) != NULL)
		continue;
	if (strcmp(args->argv[0], "bash") == 0)
		print_bash();
	else if (strcmp(args->argv[0], "zsh") == 0)
		print_zsh();
	else
		arguments_wrong(args, "which shell? bash or zsh");
	return 0;
}

const struct command command_completion = {
	.name = "completion",
	.words = "bash|zsh",
	.summary = "Prints what a shell completes the tool's words with",
	.min_words = 1, .max_words = 1,
	.run = run
};
