/* site - the pages behind the last line of a refusal */

#include "pages/site.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "model/site.h"
#include "pages/explain_api.h"
#include "pages/index.h"
#include "pages/limiter.h"
#include "pages/lookup.h"
#include "pages/peers.h"
#include "pages/refusal_page.h"
#include "pages/view.h"
#include "records/db_name.h"
#include "records/record.h"
#include "records/record_read.h"
#include "records/record_tail.h"
#include "records/store.h"
#include "words/reason.h"
#include "words/recognise.h"

#define ROOT "/why/"
#define FRESH_MS 7200000	/* an id tells its hour */

/* One question, and the page that answers it. */
struct asking {
	struct pages *pages;
	const struct http_request *request;
	struct http_answer *answer;
	struct view view;
	struct buf chosen;
};

static void
notice(struct asking *a, int status, enum speech title, enum speech text)
{
	a->answer->status = status;
	index_put_notice(&a->view, title, text);
}

/* From an existing page to /why/. */
static const char *
root_of(const char *path)
{
	return strncmp(path, ROOT "reason/", strlen(ROOT "reason/")) == 0 ?
	    "../" : "./";
}

static void
answer_style(struct asking *a)
{
	a->answer->type = "text/css; charset=utf-8";
	a->answer->cache = true;
	buf_puts(&a->answer->body, pages_style);
}

/* False: the store cannot be read, which is not the same as not found. */
static bool
find_record(struct asking *a, const char *id, struct parsed_record **t)
{
	struct buf errmsg = BUF_INIT, line = BUF_INIT;
	struct store *s = kept_store_open(&a->pages->store, &errmsg);

	if (s == NULL)
		log_warn("page: %s", errmsg.data);
	else if (store_get(s, id, &line))
		*t = record_read(line.data, line.len);
	buf_free(&errmsg);
	buf_free(&line);
	return s != NULL;
}

/*
 * Refused here a moment ago. Our own file is asked before a server, which may
 * keep us waiting; another host waits for our page 200 ms.
 */
static bool
is_fresh_of_ours(const struct asking *a, const char *id)
{
	int64_t now = clock_epoch_ms();

	return a->pages->host_number != 0 &&
	    record_id_host_of(id) == a->pages->host_number &&
	    db_is_server(a->pages->store.path) &&
	    now - record_id_hour(id, now) < FRESH_MS;
}

/* The id is of this host, and the store has not got it yet. */
static struct parsed_record *
find_here(const struct asking *a, const char *id)
{
	struct buf line = BUF_INIT;
	struct parsed_record *t = NULL;

	if (record_tail_find(a->pages->record_file, id, &line))
		t = record_read(line.data, line.len);
	buf_free(&line);
	return t;
}

/* The store has not got the id: the host that it names may have. */
static bool
answer_from_its_host(struct asking *a, const char *id, int host,
    struct parsed_record **t)
{
	if (host == 0 || a->pages->host_number == 0)
		return false;
	/* What a peer shows does not say whose it is. */
	if (host != a->pages->host_number && a->pages->host != NULL)
		return false;
	if (host == a->pages->host_number) {
		if (!is_fresh_of_ours(a, id))
			*t = find_here(a, id);
		return false;
	}
	switch (peers_ask(a->pages->peers, host, id, a->view.language->code,
	    &a->answer->body)) {
	case PEER_PAGE:
		return true;
	case PEER_SILENT:
		notice(a, 503, SPEECH_NOT_YET, SPEECH_NOT_YET_TEXT);
		return true;
	case PEER_UNKNOWN:
	case PEER_NONE:
		break;
	}
	return false;
}

static void
answer_id(struct asking *a, const char *word)
{
	char id[RECORD_ID_TEXT];
	struct parsed_record *t = NULL;
	bool readable = false;

	if (!record_id_read(word, strlen(word), id)) {
		notice(a, 404, SPEECH_NO_PAGE, SPEECH_NO_PAGE_TEXT);
		return;
	}
	if (is_fresh_of_ours(a, id))
		t = find_here(a, id);
	if (t == NULL)
		readable = find_record(a, id, &t);
	if (t == NULL &&
	    answer_from_its_host(a, id, record_id_host_of(id), &t))
		return;
	if (!readable && t == NULL)
		notice(a, 503, SPEECH_NOT_NOW, SPEECH_NOT_NOW_TEXT);
	else if (t == NULL || !parsed_is_of(t, a->pages->host) ||
	    !refusal_page_is_public(t))
		notice(a, 404, SPEECH_UNKNOWN, SPEECH_UNKNOWN_TEXT);
	else
		refusal_page_put(&a->view, a->pages, t);
	parsed_free(t);
}

static void
answer_reason(struct asking *a, const char *name)
{
	int reason = reason_by_name(name);

	if (*name == '\0')
		index_put_reasons(&a->view);
	else if (reason != REASON_NONE)
		refusal_page_put_reason(&a->view, reason, NULL);
	else {
		notice(a, 404, SPEECH_NO_PAGE, SPEECH_NO_PAGE_TEXT);
		return;
	}
	a->answer->cache = true;
}

static void
answer_index(struct asking *a)
{
	const char *text = a->request->q;
	char id[RECORD_ID_TEXT];
	struct recognised read;
	size_t n;

	if (text == NULL || *text == '\0') {
		index_put(&a->view, SPEECH_COUNT);
		return;
	}
	n = strlen(text);
	if (!record_id_find(text, n, id)) {
		if (lookup_reply(text, n, &read))
			refusal_page_put_reason(&a->view, read.reason, &read);
		else
			index_put(&a->view, SPEECH_NOT_READ);
		return;
	}
	a->answer->status = 303;
	buf_printf(&a->answer->location, "%s%s", id, a->view.chosen);
}

static void
answer_path(struct asking *a)
{
	const char *path = a->request->path, *rest = path + strlen(ROOT);

	if (strncmp(path, ROOT, strlen(ROOT)) != 0)
		notice(a, 404, SPEECH_NO_PAGE, SPEECH_NO_PAGE_TEXT);
	else if (a->request->post && *rest != '\0') {
		a->answer->allow = "GET, HEAD";
		notice(a, 405, SPEECH_NO_PAGE, SPEECH_NO_PAGE_TEXT);
	} else if (strcmp(rest, "style.css") == 0)
		answer_style(a);
	else if (!limiter_allows(a->pages->limiter, a->request->client,
	    clock_ms()))
		notice(a, 429, SPEECH_TOO_OFTEN, SPEECH_TOO_OFTEN_TEXT);
	else if (*rest == '\0')
		answer_index(a);
	else if (strncmp(rest, "reason/", 7) == 0)
		answer_reason(a, rest + 7);
	else
		answer_id(a, rest);
}

/* For programs. */
static void
answer_explain(const struct pages *pages, const struct http_request *request,
    struct http_answer *answer)
{
	if (limiter_allows(pages->limiter, request->client, clock_ms()))
		explain_api_answer(request, answer);
	else
		explain_api_problem(answer, 429, "Too Many Requests",
		    "Ask again in a minute.");
}

void
pages_answer(void *arg, const struct http_request *request,
    struct http_answer *answer)
{
	struct asking a = { .pages = arg, .request = request,
		.answer = answer, .chosen = BUF_INIT };
	const struct language *l = language_choose(request->l,
	    request->language);

	if (explain_api_is(request->path)) {
		answer_explain(arg, request, answer);
		return;
	}
	if (request->l != NULL && strcmp(request->l, l->code) == 0)
		buf_printf(&a.chosen, "?l=%s", l->code);
	answer->status = 200;
	answer->type = "text/html; charset=utf-8";
	a.view = (struct view){ .out = &answer->body, .language = l,
		.site = a.pages->site, .root = root_of(request->path),
		.chosen = a.chosen.data };
	answer_path(&a);
	buf_free(&a.chosen);
}
