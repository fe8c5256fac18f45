/* post - batches of records to a program that takes them by HTTP */

#include "records/post.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/http_client.h"
#include "base/mem.h"
#include "base/regular_file.h"

#define ANSWER_MAX (16 << 20)
#define TOKEN_MAX 4096
#define ALL_EACH 8	/* tries, of a batch of which none was taken */

struct post {
	const struct post_options *opt;
	const struct post_format *format;
	struct http_client *client;
	struct buf url, body;		/* of the request under way */
	struct buf authorization;
	bool took;			/* a line, since it was opened */
	unsigned none;			/* tries since, in which it took none */
};

/* The first line of the file, read anew for each request: it may change. */
static bool
read_token(struct post *p, struct buf *errmsg)
{
	struct buf words = BUF_INIT;
	char line[TOKEN_MAX];
	FILE *f;

	buf_clear(&p->authorization);
	if (p->opt->token_file == NULL)
		return true;
	f = regular_file_open(p->opt->token_file, &words);
	if (f == NULL || fgets(line, sizeof line, f) == NULL) {
		buf_printf(errmsg, "%s: %s", p->opt->token_file,
		    f == NULL ? words.data : "holds no token");
		buf_free(&words);
		if (f != NULL)
			fclose(f);
		return false;
	}
	fclose(f);
	line[strcspn(line, "\r\n")] = '\0';
	buf_printf(&p->authorization, "%s %s", p->format->scheme, line);
	return true;
}

struct post *
post_open(const struct post_options *opt, struct buf *errmsg)
{
	struct http_client *client = http_client_new(errmsg);
	struct post *p;

	if (client == NULL)
		return NULL;
	p = mem_alloc(sizeof *p);
	*p = (struct post){ .opt = opt, .client = client,
		.format = post_formats[opt->format], .url = BUF_INIT,
		.body = BUF_INIT, .authorization = BUF_INIT };
	return p;
}

void
post_close(struct post *p)
{
	if (p == NULL)
		return;
	http_client_free(p->client);
	buf_free(&p->url);
	buf_free(&p->body);
	buf_free(&p->authorization);
	free(p);
}

static bool
request(struct post *p, const struct post_line *lines, size_t n,
    struct http_reply *reply, struct buf *errmsg)
{
	const char *table = p->opt->table != NULL ? p->opt->table : "saywhy";
	struct http_call call = { .type = p->format->type,
		.gzip = p->opt->gzip, .ca_file = p->opt->ca_file,
		.certificate = p->opt->certificate, .key = p->opt->key,
		.timeout = (long)p->opt->timeout, .max = ANSWER_MAX };

	if (!read_token(p, errmsg))
		return false;
	buf_clear(&p->url);
	buf_clear(&p->body);
	buf_puts(&p->url, p->opt->url);
	if (p->format->url != NULL)
		p->format->url(&p->url, p->opt->url, table);
	p->format->body(&p->body, table, lines, n);
	call.url = p->url.data;
	call.body = p->body.data;
	call.n = p->body.len;
	if (p->authorization.len > 0)
		call.authorization = p->authorization.data;
	return http_client_call(p->client, &call, reply, errmsg);
}

/* May the lines be to blame? Then they are divided until one is. */
static bool
blames_lines(int status)
{
	return status == 400 || status == 413 || status == 422;
}

static void
say_status(struct post_result *result, const struct http_reply *reply)
{
	buf_printf(&result->errmsg, "HTTP %d %.*s", reply->status,
	    (int)strcspn(reply->body.data, "\r\n") > 200 ? 200 :
	    (int)strcspn(reply->body.data, "\r\n"), reply->body.data);
}

/* What is in errmsg is why. */
static void
say_refusal(struct post_result *result)
{
	buf_clear(&result->refusal);
	buf_puts(&result->refusal, result->errmsg.data);
}

static enum post_answer post_part(struct post *p,
    const struct post_line *lines, size_t n, struct post_result *result);

/* The lines of this fate, as a batch of their own. */
static enum post_answer
post_again(struct post *p, const struct post_line *lines,
    const enum post_fate *fates, size_t n, struct post_result *result)
{
	struct post_line *left = mem_array(n, sizeof *left);
	enum post_answer answer = POST_DONE;
	size_t i, nleft = 0;

	for (i = 0; i < n; i++)
		if (fates[i] == POST_AGAIN)
			left[nleft++] = lines[i];
	/* When nothing got any further, the server wants a rest. */
	if (nleft == n)
		answer = POST_LATER;
	else if (nleft > 0)
		answer = post_part(p, left, nleft, result);
	free(left);
	return answer;
}

static enum post_answer
read_fates(struct post *p, const struct post_line *lines, size_t n,
    const struct http_reply *reply, struct post_result *result, bool *known)
{
	enum post_fate *fates = mem_array(n, sizeof *fates);
	enum post_answer answer = POST_DONE;
	size_t i, refused = result->refused;

	buf_clear(&result->errmsg);
	*known = p->format->fates(reply, fates, n, &result->errmsg);
	if (*known) {
		for (i = 0; i < n; i++) {
			result->taken += fates[i] == POST_TAKEN;
			result->refused += fates[i] == POST_REFUSED;
		}
		if (result->refused > refused)
			say_refusal(result);
		answer = post_again(p, lines, fates, n, result);
	}
	free(fates);
	return answer;
}

/* All of them are refused: for one, perhaps; which, is found by halves. */
static enum post_answer
divide(struct post *p, const struct post_line *lines, size_t n,
    struct post_result *result)
{
	if (n == 1) {
		result->refused++;
		say_refusal(result);
		return POST_DONE;
	}
	if (post_part(p, lines, n / 2, result) == POST_LATER)
		return POST_LATER;
	return post_part(p, lines + n / 2, n - n / 2, result);
}

static enum post_answer
read_reply(struct post *p, const struct post_line *lines, size_t n,
    const struct http_reply *reply, struct post_result *result)
{
	bool good = reply->status / 100 == 2, known = false;
	enum post_answer answer = POST_DONE;

	if (p->format->fates != NULL &&
	    (good || (p->format->partly && reply->status == 400)))
		answer = read_fates(p, lines, n, reply, result, &known);
	if (known)
		return answer;
	if (good) {
		result->taken += n;
		return POST_DONE;
	}
	buf_clear(&result->errmsg);
	say_status(result, reply);
	if (blames_lines(reply->status))
		return divide(p, lines, n, result);
	result->wait = reply->retry_after;
	return POST_LATER;
}

static enum post_answer
post_part(struct post *p, const struct post_line *lines, size_t n,
    struct post_result *result)
{
	struct http_reply reply = HTTP_REPLY_INIT;
	enum post_answer answer = POST_LATER;

	buf_clear(&result->errmsg);
	if (request(p, lines, n, &reply, &result->errmsg))
		answer = read_reply(p, lines, n, &reply, result);
	http_reply_free(&reply);
	return answer;
}

/*
 * A server that refuses every line, each alone, means something else: the
 * type, a column that its table lacks. Who took lines may refuse a single one.
 */
static bool
took_none(const struct post *p, size_t n, const struct post_result *result)
{
	return n > 0 && result->refused == n && !p->format->final &&
	    (n > 1 || !p->took);
}

static enum post_answer
post_batch(struct post *p, const struct post_line *lines, size_t n,
    struct post_result *result)
{
	enum post_answer answer = post_part(p, lines, n, result);

	if (answer == POST_LATER)
		return answer;
	p->took |= result->taken > 0;
	p->none = took_none(p, n, result) ? p->none + 1 : 0;
	if (p->none == 0)
		return POST_DONE;
	buf_clear(&result->errmsg);
	buf_printf(&result->errmsg, "it takes none of %zu records: %s", n,
	    result->refusal.data);
	return POST_LATER;
}

/* The newest alone first: all of them one by one are many requests. */
static enum post_answer
post_newest(struct post *p, const struct post_line *lines, size_t n,
    struct post_result *result)
{
	enum post_answer answer = post_part(p, lines + n - 1, 1, result);

	if (answer == POST_DONE && result->taken == 0) {
		p->none++;
		answer = POST_LATER;
	}
	if (answer == POST_LATER)
		return answer;
	p->took = true;
	p->none = 0;
	return post_part(p, lines, n - 1, result);
}

enum post_answer
post_lines(struct post *p, const struct post_line *lines, size_t n,
    struct post_result *result)
{
	enum post_answer answer;

	result->wait = 0;
	result->taken = result->refused = 0;
	answer = n == 0 ? POST_DONE : p->none % ALL_EACH != 0 && n > 1 ?
	    post_newest(p, lines, n, result) :
	    post_batch(p, lines, n, result);
	/* All of them come again; what they are is counted then. */
	if (answer == POST_LATER)
		result->taken = result->refused = 0;
	return answer;
}
