/*
 * json.h - writing JSON (RFC 8259)
 *
 * Commas are set by the writer: inside an object call json_key() before each
 * value. Text is escaped so that it may stand in a log and in a page: quotes,
 * backslash and whatever is unseen but changes how a line reads (control
 * characters with DEL and C1, line separators, direction marks) escaped, bytes
 * that are no UTF-8 become U+FFFD. NULL text gives null. The result has no
 * newline in it.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

struct json {
	struct buf *out;
	bool comma;	/* the next value or key needs one before it */
};

#define JSON_INIT(buffer) { .out = (buffer), .comma = false }

/*
 * libjansson, which reads what we write, has functions of the same names. Ours
 * are hidden so that the dynamic linker never uses them in place of its own.
 */
#pragma GCC visibility push(hidden)

void json_object(struct json *j);
void json_object_end(struct json *j);
void json_array(struct json *j);
void json_array_end(struct json *j);
void json_key(struct json *j, const char *key);
void json_string(struct json *j, const char *text);
void json_string_n(struct json *j, const char *text, size_t n);
void json_int(struct json *j, long long value);
void json_double(struct json *j, double value);
void json_bool(struct json *j, bool value);
void json_null(struct json *j);

/* key and string; a NULL or empty string writes nothing at all. */
void json_member(struct json *j, const char *key, const char *text);

#pragma GCC visibility pop

#endif
