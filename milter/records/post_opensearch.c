/* post_opensearch - the _bulk of OpenSearch and Elasticsearch */

#include "records/post_format.h"

#include <string.h>

#include "base/buf.h"
#include "base/http_client.h"
#include "base/json.h"
#include "base/json_tree.h"
#include "records/record_read.h"

static void
put_url(struct buf *out, const char *url, const char *table)
{
	size_t length = strlen(url);

	(void)table;
	if (strstr(url, "/_bulk") == NULL)
		buf_puts(out, length > 0 && url[length - 1] == '/' ? "_bulk" :
		    "/_bulk");
}

/*
 * "create" with our id: a record that comes again is a conflict, and neither a
 * second document nor a change. Data streams take nothing else, and want an
 * @timestamp.
 */
static void
put_body(struct buf *out, const char *table, const struct post_line *lines,
    size_t n)
{
	struct json j = JSON_INIT(out);
	size_t i;

	for (i = 0; i < n; i++) {
		j.comma = false;
		json_object(&j);
		json_key(&j, "create");
		json_object(&j);
		json_member(&j, "_index", table);
		json_member(&j, "_id", parsed_text(lines[i].record, "id"));
		json_object_end(&j);
		json_object_end(&j);
		buf_puts(out, "\n{\"@timestamp\":");
		j.comma = false;
		json_string(&j, parsed_text(lines[i].record, "time"));
		buf_putc(out, ',');
		buf_put(out, lines[i].text + 1, lines[i].n - 1);
		buf_putc(out, '\n');
	}
}

/* Status of one item: 409 is there already, 429 and 5xx come again. */
static enum post_fate
fate_of(const struct json_tree *t, const struct json_value *item,
    struct buf *errmsg)
{
	const struct json_value *result = json_tree_next(t, item, NULL);
	const char *cause;
	long long status = 0;

	if (result == NULL || !json_tree_int(json_tree_member(t, result,
	    "status", 6), &status))
		return POST_AGAIN;
	if (status / 100 == 2 || status == 409)
		return POST_TAKEN;
	cause = json_tree_text(json_tree_member(t, json_tree_member(t, result,
	    "error", 5), "reason", 6));
	if (status != 429 && status < 500)
		buf_clear(errmsg);
	else if (errmsg->len > 0)
		return POST_AGAIN;
	buf_printf(errmsg, "%lld %.200s", status, cause != NULL ? cause : "");
	return status == 429 || status >= 500 ? POST_AGAIN : POST_REFUSED;
}

static bool
read_answer(const struct http_reply *reply, enum post_fate *fates, size_t n,
    struct buf *errmsg)
{
	struct json_tree *t = json_tree_read(reply->body.data,
	    reply->body.len);
	const struct json_value *items = NULL, *at = NULL;
	size_t i;

	if (t != NULL)
		items = json_tree_member(t, json_tree_root(t), "items", 5);
	if (items != NULL && (items->type != JSON_ARRAY || items->n != n))
		items = NULL;
	for (i = 0; items != NULL && i < n; i++) {
		at = json_tree_next(t, items, at);
		fates[i] = fate_of(t, at, errmsg);
	}
	json_tree_free(t);
	/* Who does not answer for each item is no _bulk. */
	for (i = 0; items == NULL && i < n; i++)
		fates[i] = POST_AGAIN;
	if (items == NULL)
		buf_puts(errmsg, "the answer is not that of _bulk");
	return true;
}

const struct post_format post_format_opensearch = {
	.name = "opensearch", .type = "application/x-ndjson",
	.scheme = "Bearer", .url = put_url, .body = put_body,
	.fates = read_answer
};
