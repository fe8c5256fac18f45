/* explain_api - POST /explain: what a refusal means, for programs */

#include "pages/explain_api.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/json_tree.h"
#include "explain/explain.h"

/* Small questions have long answers, and each is kept until it is sent. */
#define ANSWER_MAX ((size_t)1 << 20)

struct answering {
	struct buf *out;
	bool full;
};

bool
explain_api_is(const char *path)
{
	return strcmp(path, "/explain") == 0 ||
	    strcmp(path, "/why/explain") == 0;
}

void
explain_api_problem(struct http_answer *answer, int status, const char *title,
    const char *detail)
{
	struct json j = JSON_INIT(&answer->body);

	answer->status = status;
	answer->type = "application/problem+json";
	json_object(&j);
	json_member(&j, "type", "about:blank");
	json_member(&j, "title", title);
	json_key(&j, "status");
	json_int(&j, status);
	json_member(&j, "detail", detail);
	json_object_end(&j);
	buf_putc(&answer->body, '\n');
}

/* Is it that media type, whatever parameters it has? */
static bool
is_type(const char *type, const char *wanted)
{
	size_t n = strlen(wanted);

	return strncasecmp(type, wanted, n) == 0 &&
	    strchr("; \t", type[n]) != NULL;
}

static void
put_answer(void *arg, const struct explained *e)
{
	struct answering *a = arg;

	if (a->full)
		return;
	if (a->out->data[a->out->len - 1] != '[')
		buf_putc(a->out, ',');
	explain_json(a->out, e);
	a->full = a->out->len > ANSWER_MAX;
}

/* The text is written over. */
static void
explain(struct http_answer *answer, char *text, size_t n)
{
	struct answering a = { .out = &answer->body };
	struct explainer x = { .each = put_answer, .arg = &a };

	answer->type = "application/json";
	buf_puts(&answer->body, "{\"answers\":[");
	explainer_input(&x, text, n);
	explainer_end(&x);
	buf_puts(&answer->body, "]}\n");
	if (x.count > 0 && !a.full)
		return;
	buf_clear(&answer->body);
	if (a.full)
		explain_api_problem(answer, 413, "Content Too Large",
		    "The text holds too many replies for one answer: send it "
		    "in parts.");
	else
		explain_api_problem(answer, 422, "Nothing to explain",
		    "The text holds no reply, code, status, line of a mail "
		    "log or bounce message.");
}

static void
explain_member(struct http_answer *answer, const struct http_request *request)
{
	struct json_tree *t = json_tree_read(request->body, request->body_n);
	const struct json_value *v = NULL;
	struct buf text = BUF_INIT;

	if (t != NULL)
		v = json_tree_member(t, json_tree_root(t), "text", 4);
	if (v != NULL && v->type == JSON_TEXT) {
		buf_put(&text, v->text, v->n);
		explain(answer, text.data, text.len);
	} else
		explain_api_problem(answer, 400, "Bad Request", t == NULL ?
		    "The body is no JSON (RFC 8259)." :
		    "The body is no object with a string \"text\".");
	buf_free(&text);
	json_tree_free(t);
}

void
explain_api_answer(const struct http_request *request,
    struct http_answer *answer)
{
	const char *type = request->type != NULL ? request->type :
	    "text/plain";

	answer->status = 200;
	if (!request->post) {
		answer->allow = "POST";
		explain_api_problem(answer, 405, "Method Not Allowed",
		    "The text to explain is sent by POST.");
	} else if (is_type(type, "application/json"))
		explain_member(answer, request);
	else if (is_type(type, "text/plain") ||
	    is_type(type, "message/rfc822"))
		explain(answer, request->body, request->body_n);
	else
		explain_api_problem(answer, 415, "Unsupported Media Type",
		    "text/plain, message/rfc822 and application/json are "
		    "understood.");
}
