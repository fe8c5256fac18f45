/*
 * diag.h - the operator's mistakes, all of them at once
 *
 * Whatever reads something that an admin wrote (configuration, list files,
 * scenarios) collects what is wrong here, with file and line, and goes on, so
 * that one run shows every mistake. Owns copies of all texts. One thread.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct diag {
	char *file;	/* NULL: no place known */
	int line;	/* 0: no line known */
	bool warning;	/* else an error */
	char *text;
};

struct diags {
	struct diag *v;
	size_t n, cap;
	size_t errors;	/* how many of them are errors */
};

#define DIAGS_INIT { .v = NULL }

void diags_error(struct diags *d, const char *file, int line,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void diags_warn(struct diags *d, const char *file, int line,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* One "file:line: error|warning: text" a line, in order of place. */
void diags_print(const struct diags *d, FILE *out);

/* The same lines to log_error() and log_warn(). */
void diags_log(const struct diags *d);

void diags_free(struct diags *d);

/*
 * The candidate nearest to `word` by edit distance, or NULL when none is
 * near enough to be meant (more than a third of its letters differ).
 * `words` ends with NULL.
 */
const char *diag_nearest(const char *word, const char *const *words);

#endif
