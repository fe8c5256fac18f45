/*
 * post.h - batches of records to a program that takes them by HTTP
 *
 * A struct post is one such place. It is given whole lines of the record file
 * and says what became of them. It keeps nothing: who reads the file moves its
 * mark once the lines are taken or refused, so that each arrives at least once,
 * in turn. Belongs to one thread.
 */
#ifndef RECORDS_POST_H
#define RECORDS_POST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/option.h"
#include "records/post_format.h"

struct post;

/* A block `ship "name" { }` of the configuration. */
struct post_options {
	struct option_item item;
	char *url;
	int format;		/* index of post_formats */
	char *token_file;	/* or NULL */
	char *table;		/* or index, or label; NULL: saywhy */
	char *ca_file, *certificate, *key;	/* PEM, or NULL */
	bool gzip;
	long long timeout;	/* ms */
	long long batch;	/* records of one request, at most */
	char *mark;		/* file that keeps where we stand */
};

/* The blocks, at the top of the file. */
struct post_blocks {
	struct option_items blocks;
};

extern const struct option post_option_rows[];

/* The block of that name, or NULL. */
const struct post_options *post_find(const struct post_blocks *all,
    const char *name);

struct post *post_open(const struct post_options *opt, struct buf *errmsg);
void post_close(struct post *p);	/* NULL: nothing */

enum post_answer {
	POST_DONE,	/* the lines are dealt with */
	POST_LATER	/* not all are: give them again, in `wait` ms */
};

struct post_result {
	long long wait;		/* ms that the server wants; 0: any */
	size_t taken;		/* lines */
	size_t refused;		/* lines that it will never take */
	struct buf refusal;	/* why, of the last of these */
	struct buf errmsg;	/* why it is later */
};

#define POST_RESULT_INIT { .refusal = BUF_INIT, .errmsg = BUF_INIT }

/*
 * Posts n lines, and those again, in smaller batches, of which a server refused
 * all for the fault of one. A server that takes none of them has another fault
 * to find: all come again, with a line at a time first. With POST_LATER
 * `taken` and `refused` count none of the lines that must come again.
 */
enum post_answer post_lines(struct post *p, const struct post_line *lines,
    size_t n, struct post_result *result);

#endif
