/* peers - the page of another host, for an id that names it */

#include "pages/peers.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/http_client.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/net.h"
#include "records/record.h"

#define PAGE_MAX (1 << 20)
#define RETRY_MS 2000

static struct peer *
find(struct peers *p, int number)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->v[i].number == number)
			return &p->v[i];
	return NULL;
}

bool
peers_parse(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct peers *p = slot;
	const char *url = strchr(value, '=');
	char *end;
	long number = strtol(value, &end, 10);

	(void)base;
	if (url == NULL || end != url || number < 1 || number > RECORD_HOSTS ||
	    !url_is_http(url + 1) || url[strlen(url) - 1] != '/') {
		buf_printf(errmsg, "\"%.60s\" is no peer; write the number of "
		    "a host and the URL of its page, "
		    "\"2=https://mx2.example.org/why/\"", value);
		return false;
	}
	if (find(p, (int)number) != NULL) {
		buf_printf(errmsg, "\"%.60s\": host %ld has a page already",
		    value, number);
		return false;
	}
	if (!http_client_built()) {
		buf_printf(errmsg, "\"%.60s\" cannot be reached: configure "
		    "did not find libcurl and zlib", value);
		return false;
	}
	p->v = mem_room(p->v, p->n, &p->cap, sizeof *p->v);
	p->v[p->n++] = (struct peer){ .number = (int)number,
		.url = mem_dup(url + 1) };
	return true;
}

void
peers_free(void *slot)
{
	struct peers *p = slot;

	while (p->n > 0)
		free(p->v[--p->n].url);
	free(p->v);
	p->v = NULL;
	p->cap = 0;
	http_client_free(p->client);
	p->client = NULL;
}

static enum peer_answer
ask(struct peers *p, struct peer *peer, const char *url, struct buf *page)
{
	const struct http_call call = { .url = url, .timeout = PEERS_WAIT_MS,
		.ca_file = p->ca_file, .certificate = p->certificate,
		.key = p->key, .max = PAGE_MAX };
	struct http_reply reply = HTTP_REPLY_INIT;
	enum peer_answer answer = PEER_SILENT;
	struct buf errmsg = BUF_INIT;

	if (p->client == NULL)
		p->client = http_client_new(&errmsg);
	if (p->client == NULL ||
	    !http_client_call(p->client, &call, &reply, &errmsg)) {
		log_warn("page: host %d: %s", peer->number, errmsg.data);
		peer->retry = clock_ms() + RETRY_MS;
	} else if (reply.status == 200) {
		buf_put(page, reply.body.data, reply.body.len);
		answer = PEER_PAGE;
	} else if (reply.status == 404)
		answer = PEER_UNKNOWN;
	http_reply_free(&reply);
	buf_free(&errmsg);
	return answer;
}

enum peer_answer
peers_ask(struct peers *p, int number, const char *id, const char *language,
    struct buf *page)
{
	struct peer *peer = p != NULL ? find(p, number) : NULL;
	enum peer_answer answer = PEER_SILENT;
	struct buf url = BUF_INIT;

	if (peer == NULL)
		return PEER_NONE;
	buf_printf(&url, "%s%s?l=%s", peer->url, id, language);
	if (clock_ms() >= peer->retry)
		answer = ask(p, peer, url.data, page);
	buf_free(&url);
	return answer;
}
