/* record_read - a record, read back from its JSON line */

#include "records/record_read.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

struct parsed_record {
	json_t *root;
	int64_t time;
};

int64_t
record_parse_time(const char *text)
{
	struct tm tm = { .tm_year = 0 };
	const char *rest;
	int ms = 0;

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
	if (*rest == '.' && sscanf(rest, ".%3d", &ms) == 1)
		rest += 1 + strspn(rest + 1, "0123456789");
	if (*rest != '\0' && strcmp(rest, "Z") != 0)
		return -1;
	return (int64_t)timegm(&tm) * 1000 + ms;
}

struct parsed_record *
record_read(const char *line, size_t n)
{
	json_t *root = json_loadb(line, n, 0, NULL);
	struct parsed_record *t;
	int64_t time;

	time = record_parse_time(json_string_value(json_object_get(root,
	    "time")));
	if (time < 0 || !json_is_string(json_object_get(root, "id"))) {
		json_decref(root);
		return NULL;
	}
	t = mem_alloc(sizeof *t);
	t->root = root;
	t->time = time;
	return t;
}

void
parsed_free(struct parsed_record *t)
{
	if (t == NULL)
		return;
	json_decref(t->root);
	free(t);
}

/* Paths come from our own code, two names at most. */
static const json_t *
find(const struct parsed_record *t, const char *path)
{
	const char *dot = strchr(path, '.');
	char first[32];

	if (dot == NULL)
		return json_object_get(t->root, path);
	snprintf(first, sizeof first, "%.*s", (int)(dot - path), path);
	return json_object_get(json_object_get(t->root, first), dot + 1);
}

const char *
parsed_text(const struct parsed_record *t, const char *path)
{
	return json_string_value(find(t, path));
}

long long
parsed_int(const struct parsed_record *t, const char *path, long long otherwise)
{
	const json_t *value = find(t, path);

	return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

size_t
parsed_count(const struct parsed_record *t, const char *path)
{
	return json_array_size(find(t, path));
}

const char *
parsed_item(const struct parsed_record *t, const char *path, size_t i)
{
	return json_string_value(json_array_get(find(t, path), i));
}

void
parsed_each(const struct parsed_record *t, const char *path,
    void (*fn)(void *arg, const char *key, const char *value), void *arg)
{
	json_t *object = json_is_object(find(t, path)) ?
	    (json_t *)(uintptr_t)find(t, path) : NULL;
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
		if (json_is_string(value))
			fn(arg, key, json_string_value(value));
}

const char *
parsed_member(const struct parsed_record *t, const char *path, size_t i,
    const char *key)
{
	return json_string_value(json_object_get(json_array_get(find(t, path),
	    i), key));
}

int64_t
parsed_time(const struct parsed_record *t)
{
	return t->time;
}
