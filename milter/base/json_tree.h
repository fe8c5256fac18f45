/*
 * json_tree.h - JSON as it was read (RFC 8259), quickly
 *
 * One walk over the bytes makes a table of values; texts are unescaped in a
 * copy that the tree owns. What is no JSON, no UTF-8, has a NUL in a text or
 * goes deeper than JSON_DEPTH_MAX is refused as a whole. A tree is read only.
 */
#ifndef BASE_JSON_TREE_H
#define BASE_JSON_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_DEPTH_MAX 32

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_TEXT, JSON_ARRAY,
	JSON_OBJECT };

struct json_value {
	enum json_type type;
	uint32_t key_mark;	/* of the key's length and letters */
	const char *key;	/* in an object; else NULL */
	size_t key_len;
	const char *text;	/* TEXT: ends in NUL; NUMBER, BOOL: as written,
				   up to the next sign; else NULL */
	size_t n;		/* bytes of text; ARRAY, OBJECT: members */
	size_t next;		/* in the table: behind all that is in it */
};

struct json_tree;

/* NULL: it is none. The first value is the whole. */
struct json_tree *json_tree_read(const char *bytes, size_t n);
void json_tree_free(struct json_tree *t);	/* NULL: nothing */
const struct json_value *json_tree_root(const struct json_tree *t);

/* The last member of that name, or NULL; so too when v is NULL or no object. */
const struct json_value *json_tree_member(const struct json_tree *t,
    const struct json_value *v, const char *key, size_t n);

/* The members of an array or object in turn: after NULL the first. */
const struct json_value *json_tree_next(const struct json_tree *t,
    const struct json_value *of, const struct json_value *at);

/*
 * Member i of an array, from 0; NULL: there is none, or it is no array. Found
 * at once where no member has members of its own.
 */
const struct json_value *json_tree_item(const struct json_tree *t,
    const struct json_value *array, size_t i);

/* The text of one that is text, else NULL; so too when v is NULL. */
const char *json_tree_text(const struct json_value *v);

/* A whole number; false: it is none, or too large. */
bool json_tree_int(const struct json_value *v, long long *n);

#endif
