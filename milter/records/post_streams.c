/* post_streams - formats that group records: Loki, OTLP/HTTP logs */

#include "records/post_format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/http_client.h"
#include "base/json.h"
#include "base/json_tree.h"
#include "base/mem.h"
#include "records/record_read.h"
#include "version.h"

#define NANO_TEXT 24

static const char *
text_or(const struct post_line *line, const char *path, const char *otherwise)
{
	const char *text = parsed_text(line->record, path);

	return text != NULL ? text : otherwise;
}

static bool
same(const struct post_line *a, const struct post_line *b, const char *path)
{
	return strcmp(text_or(a, path, ""), text_or(b, path, "")) == 0;
}

/* Nanoseconds since 1970, as a text: no JSON number holds them. */
static const char *
nano(const struct post_line *line, char text[NANO_TEXT])
{
	snprintf(text, NANO_TEXT, "%" PRId64 "000000",
	    parsed_time(line->record));
	return text;
}

/* Lines of one host and one outcome are a stream: few labels, few streams. */
static bool
is_of_stream(const struct post_line *a, const struct post_line *b)
{
	return same(a, b, "host") && same(a, b, "outcome");
}

static void
put_stream(struct json *j, const char *table, const struct post_line *lines,
    size_t first, size_t n, bool *done)
{
	char text[NANO_TEXT];
	size_t i;

	json_object(j);
	json_key(j, "stream");
	json_object(j);
	json_member(j, "job", table);
	json_member(j, "host", parsed_text(lines[first].record, "host"));
	json_member(j, "outcome", parsed_text(lines[first].record,
	    "outcome"));
	json_object_end(j);
	json_key(j, "values");
	json_array(j);
	for (i = first; i < n; i++) {
		if (done[i] || !is_of_stream(&lines[i], &lines[first]))
			continue;
		done[i] = true;
		json_array(j);
		json_string(j, nano(&lines[i], text));
		json_string_n(j, lines[i].text, lines[i].n);
		json_array_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

static void
put_loki(struct buf *out, const char *table, const struct post_line *lines,
    size_t n)
{
	struct json j = JSON_INIT(out);
	bool *done = mem_array(n, sizeof *done);
	size_t i;

	json_object(&j);
	json_key(&j, "streams");
	json_array(&j);
	for (i = 0; i < n; i++)
		if (!done[i])
			put_stream(&j, table, lines, i, n, done);
	json_array_end(&j);
	json_object_end(&j);
	free(done);
}

const struct post_format post_format_loki = {
	.name = "loki", .type = "application/json", .scheme = "Bearer",
	.body = put_loki
};

static void
put_attribute(struct json *j, const char *key, const char *value)
{
	if (value == NULL)
		return;
	json_object(j);
	json_member(j, "key", key);
	json_key(j, "value");
	json_object(j);
	json_key(j, "stringValue");
	json_string(j, value);
	json_object_end(j);
	json_object_end(j);
}

static void
put_log_record(struct json *j, const struct post_line *line)
{
	static const char *const attributes[][2] = {
		{ "log.record.uid", "id" }, { "client.address",
		"client.address" }, { "saywhy.issuer", "issuer" },
		{ "saywhy.outcome", "outcome" }, { "saywhy.stage", "stage" },
		{ "saywhy.reason", "reason" }, { "saywhy.policy", "policy" } };
	char text[NANO_TEXT];
	size_t i;

	json_object(j);
	json_member(j, "timeUnixNano", nano(line, text));
	json_key(j, "severityNumber");
	json_int(j, 9);		/* INFO */
	json_member(j, "severityText", "INFO");
	json_key(j, "body");
	json_object(j);
	json_key(j, "stringValue");
	json_string_n(j, line->text, line->n);
	json_object_end(j);
	json_key(j, "attributes");
	json_array(j);
	for (i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
		put_attribute(j, attributes[i][0], parsed_text(line->record,
		    attributes[i][1]));
	json_array_end(j);
	json_object_end(j);
}

static void
put_resource(struct json *j, const char *table, const struct post_line *lines,
    size_t n)
{
	size_t i;

	json_object(j);
	json_key(j, "resource");
	json_object(j);
	json_key(j, "attributes");
	json_array(j);
	put_attribute(j, "service.name", table);
	put_attribute(j, "host.name", parsed_text(lines[0].record, "host"));
	json_array_end(j);
	json_object_end(j);
	json_key(j, "scopeLogs");
	json_array(j);
	json_object(j);
	json_key(j, "scope");
	json_object(j);
	json_member(j, "name", "saywhy");
	json_member(j, "version", SAYWHY_VERSION);
	json_object_end(j);
	json_key(j, "logRecords");
	json_array(j);
	for (i = 0; i < n; i++)
		put_log_record(j, &lines[i]);
	json_array_end(j);
	json_object_end(j);
	json_array_end(j);
	json_object_end(j);
}

/* Neighbours of one host share a resource. */
static void
put_otlp(struct buf *out, const char *table, const struct post_line *lines,
    size_t n)
{
	struct json j = JSON_INIT(out);
	size_t i, length;

	json_object(&j);
	json_key(&j, "resourceLogs");
	json_array(&j);
	for (i = 0; i < n; i += length) {
		for (length = 1; i + length < n && same(&lines[i],
		    &lines[i + length], "host"); length++)
			;
		put_resource(&j, table, lines + i, length);
	}
	json_array_end(&j);
	json_object_end(&j);
}

/*
 * partialSuccess tells how many were rejected, not which, and says that the
 * request must not be sent again: the last ones stand for them.
 */
static bool
read_otlp(const struct http_reply *reply, enum post_fate *fates, size_t n,
    struct buf *errmsg)
{
	struct json_tree *t = json_tree_read(reply->body.data,
	    reply->body.len);
	const struct json_value *part, *count;
	const char *cause;
	long long rejected = 0;
	size_t i;

	if (t == NULL)
		return true;
	part = json_tree_member(t, json_tree_root(t), "partialSuccess", 14);
	count = json_tree_member(t, part, "rejectedLogRecords", 18);
	/* In the JSON of protobuf an int64 is a text; or a number. */
	if (count != NULL && count->text != NULL)
		rejected = strtoll(count->text, NULL, 10);
	cause = json_tree_text(json_tree_member(t, part, "errorMessage", 12));
	if (rejected > 0)
		buf_printf(errmsg, "%.200s", cause != NULL ? cause :
		    "rejected");
	for (i = n; i > 0 && rejected > 0; i--, rejected--)
		fates[i - 1] = POST_REFUSED;
	json_tree_free(t);
	return true;
}

const struct post_format post_format_otlp = {
	.name = "otlp", .type = "application/json", .scheme = "Bearer",
	.body = put_otlp, .fates = read_otlp, .final = true
};
