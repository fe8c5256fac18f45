/* record_read - a record, read back from its JSON line */

#include "records/record_read.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json_tree.h"
#include "base/mem.h"
#include "records/record.h"

struct parsed_record {
	struct json_tree *tree;
	int64_t time;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int64_t
record_parse_time(const char *text)
{
	struct tm tm = { .tm_year = 0 };
	const char *rest;
	int ms = 0, i;

	if (text == NULL)
		return -1;
	rest = strptime(text, "%Y-%m-%d", &tm);
	if (rest == NULL)
		return -1;
	if (*rest == 'T' || *rest == ' ') {
		rest = strptime(rest + 1, "%H:%M", &tm);
		if (rest != NULL && *rest == ':')
			rest = strptime(rest + 1, "%S", &tm);
		if (rest == NULL)
			return -1;
	}
	if (*rest == '.' && is_digit(rest[1])) {
		for (i = 1; i <= 3 && is_digit(rest[i]); i++)
			ms = 10 * ms + rest[i] - '0';
		rest += 1 + strspn(rest + 1, "0123456789");
	}
	if (*rest != '\0' && strcmp(rest, "Z") != 0)
		return -1;
	return (int64_t)timegm(&tm) * 1000 + ms;
}

static const struct json_value *
member(const struct parsed_record *t, const char *name)
{
	return json_tree_member(t->tree, json_tree_root(t->tree), name,
	    strlen(name));
}

struct parsed_record *
record_read(const char *line, size_t n)
{
	struct json_tree *tree = json_tree_read(line, n);
	struct parsed_record *t;

	if (tree == NULL)
		return NULL;
	t = mem_alloc(sizeof *t);
	t->tree = tree;
	t->time = record_parse_time(json_tree_text(member(t, "time")));
	if (t->time >= 0 && json_tree_text(member(t, "id")) != NULL)
		return t;
	parsed_free(t);
	return NULL;
}

void
parsed_free(struct parsed_record *t)
{
	if (t == NULL)
		return;
	json_tree_free(t->tree);
	free(t);
}

/* Paths are our own words, two names at most. */
static const struct json_value *
find(const struct parsed_record *t, const char *path)
{
	const char *dot = strchr(path, '.');
	const struct json_value *root = json_tree_root(t->tree);

	if (dot == NULL)
		return json_tree_member(t->tree, root, path, strlen(path));
	return json_tree_member(t->tree, json_tree_member(t->tree, root, path,
	    (size_t)(dot - path)), dot + 1, strlen(dot + 1));
}

const char *
parsed_text(const struct parsed_record *t, const char *path)
{
	return json_tree_text(find(t, path));
}

long long
parsed_int(const struct parsed_record *t, const char *path, long long otherwise)
{
	long long n;

	return json_tree_int(find(t, path), &n) ? n : otherwise;
}

size_t
parsed_count(const struct parsed_record *t, const char *path)
{
	const struct json_value *v = find(t, path);

	return v != NULL && v->type == JSON_ARRAY ? v->n : 0;
}

const char *
parsed_item(const struct parsed_record *t, const char *path, size_t i)
{
	return json_tree_text(json_tree_item(t->tree, find(t, path), i));
}

void
parsed_each(const struct parsed_record *t, const char *path,
    void (*fn)(void *arg, const char *key, const char *value), void *arg)
{
	const struct json_value *object = find(t, path), *at = NULL;

	if (object == NULL || object->type != JSON_OBJECT)
		return;
	while ((at = json_tree_next(t->tree, object, at)) != NULL)
		if (at->type == JSON_TEXT)
			fn(arg, at->key, at->text);
}

const char *
parsed_member(const struct parsed_record *t, const char *path, size_t i,
    const char *key)
{
	return json_tree_text(json_tree_member(t->tree,
	    json_tree_item(t->tree, find(t, path), i), key, strlen(key)));
}

bool
parsed_is_final(const struct parsed_record *t)
{
	const char *name = parsed_text(t, "outcome");
	int i;

	for (i = 0; name != NULL && i < OUTCOME_COUNT; i++)
		if (strcmp(outcome_names[i], name) == 0)
			return outcome_is_final((enum outcome)i);
	return false;
}

bool
parsed_is_of(const struct parsed_record *t, const char *host)
{
	const char *name = parsed_text(t, "host");

	return host == NULL || (name != NULL && strcmp(name, host) == 0);
}

int64_t
parsed_time(const struct parsed_record *t)
{
	return t->time;
}
