/* post_lines - formats of objects in turn: JSON, ClickHouse, Splunk */

#include "records/post_format.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/http_client.h"
#include "base/json.h"
#include "base/json_tree.h"
#include "records/record_read.h"

static void
put_ndjson(struct buf *out, const char *table, const struct post_line *lines,
    size_t n)
{
	size_t i;

	(void)table;
	for (i = 0; i < n; i++) {
		buf_put(out, lines[i].text, lines[i].n);
		buf_putc(out, '\n');
	}
}

const struct post_format post_format_ndjson = {
	.name = "ndjson", .type = "application/x-ndjson", .scheme = "Bearer",
	.body = put_ndjson
};

/* For who takes no other type than that of one JSON text. */
static void
put_json(struct buf *out, const char *table, const struct post_line *lines,
    size_t n)
{
	size_t i;

	(void)table;
	for (i = 0; i < n; i++) {
		buf_putc(out, i == 0 ? '[' : ',');
		buf_put(out, lines[i].text, lines[i].n);
	}
	buf_putc(out, ']');
}

const struct post_format post_format_json = {
	.name = "json", .type = "application/json", .scheme = "Bearer",
	.body = put_json
};

/*
 * The table is named in the query. A batch that comes again is alike, and a
 * server that keeps hashes of blocks knows it by that (ReplicatedMergeTree).
 */
static void
put_clickhouse_url(struct buf *out, const char *url, const char *table)
{
	buf_printf(out, "%cquery=INSERT%%20INTO%%20%s%%20FORMAT%%20JSONEachRow"
	    "&date_time_input_format=best_effort",
	    strchr(url, '?') != NULL ? '&' : '?', table);
}

/* A column of text for each of these; the rest is in `record`. */
static void
put_clickhouse(struct buf *out, const char *table,
    const struct post_line *lines, size_t n)
{
	static const char *const columns[][2] = { { "time", "time" },
		{ "id", "id" }, { "host", "host" }, { "issuer", "issuer" },
		{ "direction", "direction" }, { "outcome", "outcome" },
		{ "stage", "stage" }, { "reason", "reason" },
		{ "check", "check" }, { "policy", "policy" },
		{ "client", "client.address" }, { "sender", "sender" } };
	struct json j = JSON_INIT(out);
	size_t i, c;

	(void)table;
	for (i = 0; i < n; i++) {
		j.comma = false;
		json_object(&j);
		for (c = 0; c < sizeof columns / sizeof columns[0]; c++)
			json_member(&j, columns[c][0],
			    parsed_text(lines[i].record, columns[c][1]));
		json_member(&j, "recipient",
		    parsed_item(lines[i].record, "recipients", 0));
		json_key(&j, "record");
		json_string_n(&j, lines[i].text, lines[i].n);
		json_object_end(&j);
		buf_putc(out, '\n');
	}
}

const struct post_format post_format_clickhouse = {
	.name = "clickhouse", .type = "application/x-ndjson",
	.scheme = "Bearer", .url = put_clickhouse_url, .body = put_clickhouse
};

static void
put_splunk(struct buf *out, const char *table, const struct post_line *lines,
    size_t n)
{
	struct json j = JSON_INIT(out);
	int64_t time;
	size_t i;

	for (i = 0; i < n; i++) {
		time = parsed_time(lines[i].record);
		j.comma = false;
		json_object(&j);
		json_key(&j, "time");
		buf_printf(out, "%" PRId64 ".%03d", time / 1000,
		    (int)(time % 1000));
		j.comma = true;
		json_member(&j, "host", parsed_text(lines[i].record, "host"));
		json_member(&j, "source", table);
		json_member(&j, "sourcetype", "saywhy:record");
		json_key(&j, "event");
		buf_put(out, lines[i].text, lines[i].n);
		json_object_end(&j);
		buf_putc(out, '\n');
	}
}

/*
 * An event that is not valid is named by its number, from 0 on; those before
 * it are indexed, those behind it are not.
 */
static bool
read_splunk(const struct http_reply *reply, enum post_fate *fates, size_t n,
    struct buf *errmsg)
{
	struct json_tree *t = json_tree_read(reply->body.data,
	    reply->body.len);
	const char *text;
	long long wrong = -1;
	size_t i;

	if (t == NULL)
		return false;
	text = json_tree_text(json_tree_member(t, json_tree_root(t), "text",
	    4));
	if (!json_tree_int(json_tree_member(t, json_tree_root(t),
	    "invalid-event-number", 20), &wrong) || wrong < 0 ||
	    (size_t)wrong >= n)
		wrong = -1;
	if (wrong >= 0) {
		fates[wrong] = POST_REFUSED;
		for (i = (size_t)wrong + 1; i < n; i++)
			fates[i] = POST_AGAIN;
		buf_printf(errmsg, "%.100s", text != NULL ? text :
		    "invalid event");
	}
	json_tree_free(t);
	return wrong >= 0 || reply->status / 100 == 2;
}

const struct post_format post_format_splunk = {
	.name = "splunk", .type = "application/json", .scheme = "Splunk",
	.body = put_splunk, .fates = read_splunk, .partly = true
};
