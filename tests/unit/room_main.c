/*
 * room_main - the unit tests of one room in one program
 *
 *	ROOM [-f] [NAME...]
 *
 * Runs each file of tests, or those named, in a process of its own, and prints
 * the output of those that fail. With -f it runs them in this process, for a
 * debugger.
 */

#include "room_main.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool
is_wanted(const char *name, char **names)
{
	if (*names == NULL)
		return true;
	for (; *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

static void
copy(FILE *from)
{
	char bytes[4096];
	size_t n;

	rewind(from);
	while ((n = fread(bytes, 1, sizeof bytes, from)) > 0)
		fwrite(bytes, 1, n, stdout);
}

static int
run_in_child(const struct unit_test *test)
{
	FILE *output = tmpfile();
	int status = -1;
	pid_t pid;

	if (output == NULL)
		return 1;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		dup2(fileno(output), STDOUT_FILENO);
		dup2(fileno(output), STDERR_FILENO);
		exit(test->run());
	}
	if (pid > 0)
		waitpid(pid, &status, 0);
	if (status != 0) {
		printf("== %s\n", test->name);
		copy(output);
	}
	fclose(output);
	return status != 0;
}

int
main(int argc, char **argv)
{
	bool here = argc > 1 && strcmp(argv[1], "-f") == 0;
	const struct unit_test *test;
	int failed = 0, ran = 0;

	argv += 1 + here;
	for (test = unit_tests; test->name != NULL; test++)
		if (is_wanted(test->name, argv)) {
			failed += here ? test->run() != 0 : run_in_child(test);
			ran++;
		}
	if (ran == 0)
		printf("there is no test of that name\n");
	return failed > 0 || ran == 0;
}
