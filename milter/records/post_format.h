/*
 * post_format.h - how a program wants records, and what its answer means
 *
 * A format is a const struct, gathered in post_formats.def. No state.
 */
#ifndef RECORDS_POST_FORMAT_H
#define RECORDS_POST_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct http_reply;
struct parsed_record;

/* What became of a line. */
enum post_fate { POST_TAKEN, POST_REFUSED, POST_AGAIN };

struct post_line {
	const char *text;	/* a record, without newline */
	size_t n;
	const struct parsed_record *record;	/* the same, read */
};

struct post_format {
	const char *name;
	const char *type;	/* Content-Type */
	const char *scheme;	/* of Authorization, before the token */
	/* Appends what follows the admin's URL. */
	void (*url)(struct buf *out, const char *url, const char *table);
	void (*body)(struct buf *out, const char *table,
	    const struct post_line *lines, size_t n);
	/*
	 * Of an answer with status 2xx, or 400 too where `partly`: the fate of
	 * each line, which is TAKEN before; words in errmsg when one is not.
	 * False: it tells nothing of single lines. NULL: never.
	 */
	bool (*fates)(const struct http_reply *reply, enum post_fate *fates,
	    size_t n, struct buf *errmsg);
	bool partly;
	bool final;		/* what it refused must not come again */
};

/* Every format, ends with NULL; and their names, for the option. */
extern const struct post_format *const post_formats[];
extern const char *const post_format_names[];

#define FORMAT(name) extern const struct post_format post_format_##name;
#include "records/post_formats.def"
#undef FORMAT

#endif
