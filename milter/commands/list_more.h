/*
 * list_more.h - saywhy list build and saywhy list fetch; for list.c
 */
#ifndef COMMANDS_LIST_MORE_H
#define COMMANDS_LIST_MORE_H

#include <stdbool.h>

struct arguments;

struct list_options {
	const char *config;
	const char *output;	/* or NULL */
	const char *key;	/* or NULL */
	bool due;
};

/* Exit status; the words begin with the one that names the action. */
int command_list_build(const struct arguments *args,
    const struct list_options *o);
int command_list_fetch(const struct arguments *args,
    const struct list_options *o);

#endif
