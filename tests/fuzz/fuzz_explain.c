/*
 * fuzz_explain - any bytes by POST /explain
 *
 * The answer is JSON, has a bound, and is a problem or has the word "answers".
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json_tree.h"
#include "base/log.h"
#include "pages/explain_api.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define BOUND ((2u << 20) + 100)

static void
check(const struct http_answer *a)
{
	struct json_tree *t = json_tree_read(a->body.data, a->body.len);
	const char *word = a->status == 200 ? "answers" : "title";

	if (a->body.len > BOUND)
		BUG("an answer without a bound");
	if (t == NULL)
		BUG("an answer that is no JSON");
	if (json_tree_member(t, json_tree_root(t), word, strlen(word)) == NULL)
		BUG("an answer that says nothing");
	json_tree_free(t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const types[] = { NULL, "text/plain",
		"message/rfc822", "application/json; charset=utf-8" };
	struct http_request r = { .path = "/explain", .post = true };
	struct http_answer a = { .location = BUF_INIT, .body = BUF_INIT };
	char *text;

	if (n == 0)
		return 0;
	text = malloc(n);
	memcpy(text, data + 1, n - 1);
	text[n - 1] = '\0';
	r.type = types[data[0] % 4];
	r.body = text;
	r.body_n = n - 1;
	explain_api_answer(&r, &a);
	check(&a);
	buf_free(&a.body);
	free(text);
	return 0;
}
