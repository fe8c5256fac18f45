/* dns_words - what a reply says about a list in DNS */

#include "checks/dns_words.h"

#include <string.h>

#include "checks/dns_block.h"
#include "dns/dns.h"
#include "words/template.h"

/* More of a text is not kept. */
#define TEXT_MAX 200
/* Longest `help`, so that it stands in one line of a reply. */
#define HELP_MAX 200

struct fields {
	const char *client, *domain, *list;
};

/* A field's value by its name; NULL: there is no such field. */
static const char *
lookup(const void *from, const char *name, size_t n)
{
	const struct fields *f = from;

	if (n == 6 && memcmp(name, "client", n) == 0)
		return f->client;
	if (n == 6 && memcmp(name, "domain", n) == 0)
		return f->domain;
	return n == 4 && memcmp(name, "list", n) == 0 ? f->list : NULL;
}

/* The same, but notes that a field is unknown. */
static const char *
lookup_known(const void *from, const char *name, size_t n)
{
	static const struct fields all_known = { "", "", "" };
	bool *const *known = from;
	const char *value = lookup(&all_known, name, n);

	if (value == NULL)
		**known = false;
	return value;
}

bool
dns_words_check(const char *help, struct buf *errmsg)
{
	struct buf unread = BUF_INIT;
	bool known = true, *flag = &known;

	if (!template_check(help, "domain list", HELP_MAX, errmsg))
		return false;
	template_expand(&unread, help, lookup_known, &flag);
	buf_free(&unread);
	if (!known)
		buf_printf(errmsg,
		    "\"%.60s\": known here are {client}, {domain} "
		    "and {list}", help);
	return known;
}

static void
put_help(struct buf *url, const struct dns_block *block,
    const struct ip *client, const char *domain)
{
	char address[IP_TEXT];
	const struct fields f = { ip_format(client, address),
		domain != NULL ? domain : address, block->item.title };

	template_expand(url, block->help, lookup, &f);
}

static void
put_text(struct buf *out, const struct dns_answer *answer)
{
	size_t n;

	if (answer == NULL || answer->status != DNS_FOUND)
		return;
	n = answer->v[0].n < TEXT_MAX ? answer->v[0].n : TEXT_MAX;
	dnslist_put_clean(out, answer->v[0].text,
	    strnlen(answer->v[0].text, n));
}

/* Up to a blank, quote or bracket. */
static bool
put_link(struct buf *url, const char *text)
{
	const char *link = strstr(text, "https://");

	if (link == NULL)
		link = strstr(text, "http://");
	if (link != NULL)
		buf_put(url, link, strcspn(link, " \t\r\n\"'<>()"));
	return link != NULL;
}

void
dns_words_make(struct dns_words *w, const struct dns_block *block,
    const struct ip *client, const char *domain,
    const struct dns_answer *text)
{
	w->text = w->url = (struct buf)BUF_INIT;
	put_text(&w->text, text);
	if (block->help != NULL)
		put_help(&w->url, block, client, domain);
	else if (!put_link(&w->url, w->text.data))
		buf_puts(&w->url, block->item.title);
}

void
dns_words_free(struct dns_words *w)
{
	buf_free(&w->text);
	buf_free(&w->url);
}
