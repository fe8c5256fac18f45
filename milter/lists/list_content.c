/* list_content - one loaded file, and a search in it */

#include "lists/list_content.h"

#include <string.h>

#include "base/net.h"
#include "lists/list_format.h"
#include "model/mailbox.h"
#include "model/mailkey.h"

#define V4_PREFIX 96
#define ALL_BITS 128

bool
list_content_load(struct list_content *c, const struct list_format *format,
    const char *path, struct diags *d)
{
	void *data = format->load(path, d);

	if (data == NULL)
		return false;
	memset(c, 0, sizeof *c);
	c->format = format;
	c->data = data;
	c->counts.uncounted = format->count == NULL;
	if (format->count != NULL)
		format->count(data, &c->counts);
	c->kinds = format->kinds != NULL ? format->kinds(data) : MAILKEY_ALL;
	return true;
}

void
list_content_free(struct list_content *c)
{
	if (c->format != NULL)
		c->format->free(c->data);
	memset(c, 0, sizeof *c);
}

/* A search by keys, and how it stands. */
struct search {
	const struct list_content *content;
	struct list_hit *hit;
	enum list_answer answer;
};

/* A failure ends the search: a wider entry says nothing of a narrower one. */
static bool
try_key(void *arg, const char *key, size_t n)
{
	struct search *s = arg;

	buf_clear(&s->hit->entry);
	buf_put(&s->hit->entry, key, n);
	s->answer = s->content->format->get(s->content->data,
	    s->hit->entry.data, n, &s->hit->comment);
	return s->answer != LIST_NO;
}

/*
 * A format that has only keys is searched for every network around the address.
 */
static enum list_answer
find_net_by_keys(struct search *s, const struct ip *ip)
{
	unsigned least = ip_is_v4(ip) ? V4_PREFIX : 0, prefix;
	char text[NET_TEXT];

	for (prefix = ALL_BITS; prefix + 1 > least; prefix--) {
		net_around(ip, prefix, text);
		if (try_key(s, text, strlen(text)) || prefix == 0)
			break;
	}
	return s->answer;
}

static enum list_answer
find_net(const struct list_content *c, const struct ip *ip,
    struct list_hit *hit)
{
	struct search s = { c, hit, LIST_NO };
	enum list_answer answer;
	char text[NET_TEXT];
	struct net net;

	if (c->format->get_net == NULL)
		return find_net_by_keys(&s, ip);
	answer = c->format->get_net(c->data, ip, &net, &hit->comment);
	if (answer == LIST_YES)
		buf_puts(&hit->entry, net_format(&net, text));
	return answer;
}

static enum list_answer
find_pattern(const struct list_content *c, const char *text, size_t n,
    struct list_hit *hit)
{
	buf_clear(&hit->entry);
	return c->format->get_pattern != NULL ?
	    c->format->get_pattern(c->data, text, n, hit) : LIST_NO;
}

enum list_answer
list_content_ip(const struct list_content *c, const struct ip *ip,
    struct list_hit *hit)
{
	enum list_answer answer = find_net(c, ip, hit);

	return answer == LIST_NO ? find_pattern(c, NULL, 0, hit) : answer;
}

enum list_answer
list_content_name(const struct list_content *c, const char *name,
    struct list_hit *hit)
{
	struct search s = { c, hit, LIST_NO };

	if (c->kinds != 0)
		mailkey_of_name(name, c->kinds, try_key, &s);
	return s.answer == LIST_NO ?
	    find_pattern(c, name, strlen(name), hit) : s.answer;
}

enum list_answer
list_content_mailbox(const struct list_content *c, const struct mailbox *m,
    struct list_hit *hit)
{
	struct search s = { c, hit, LIST_NO };
	struct buf whole = BUF_INIT;
	enum list_answer answer;

	if (c->kinds != 0)
		mailkey_of_mailbox(m, c->kinds, try_key, &s);
	if (s.answer != LIST_NO)
		return s.answer;
	/* Patterns do not see the null sender. */
	if (!m->null)
		mailkey_put_whole(&whole, m);
	answer = find_pattern(c, m->null ? NULL : whole.data, whole.len, hit);
	buf_free(&whole);
	return answer;
}
