/*
 * fuzz_dnslist - what a list in DNS may say, and what a header field may hold
 *
 * The key of a zone never comes back; what is said about a listing is text.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "checks/dns_names.h"
#include "checks/dns_words.h"
#include "dns/dns.h"
#include "model/mailbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static char key[] = "7f3k9q2m4x6z8w1v";

static void
try_words(struct dnslist *list, const uint8_t *data, size_t n)
{
	struct dns_record record = { .text = (char *)(uintptr_t)data,
		.n = n };
	const struct dns_answer answer = { .status = DNS_FOUND, .n = 1,
		.v = &record };
	struct dns_block block = { .item = { .title = "list.example" } };
	const struct ip client = { .known = true };
	struct dns_words words;

	block.zone.list = list;
	dns_words_make(&words, &block, &client, NULL, &answer);
	if (strcasestr(words.text.data, key) != NULL ||
	    strcasestr(words.url.data, key) != NULL)
		BUG("a key in what everybody reads");
	if (words.url.len == 0)
		BUG("nowhere to ask");
	dns_words_free(&words);
}

static void
try_answers(const char *text)
{
	struct dnslist_answers a = { .v = NULL };
	const struct ip ip = { .b = { 192, 0, 2, 1 }, .known = true };
	struct buf errmsg = BUF_INIT;

	if (dnslist_answers_parse(NULL, &a, text, &errmsg) == (errmsg.len > 0))
		BUG("an answer and its words disagree");
	if (dnslist_answers_has(&a, &ip))
		BUG("an answer that no list gives counts");
	dnslist_answers_free(&a);
	buf_free(&errmsg);
}

static void
try_author(const char *text)
{
	struct buf name = BUF_INIT;
	struct session s;

	session_init(&s);
	session_helo(&s, text);
	session_header(&s, "From", text);
	if (dns_names_put(&name, &s, DNS_MATCH_FROM) &&
	    !mailbox_is_host_name(name.data))
		BUG("a question about no name");
	buf_clear(&name);
	if (dns_names_put(&name, &s, DNS_MATCH_HELO) &&
	    !mailbox_is_host_name(name.data))
		BUG("a question about no name");
	buf_free(&name);
	session_free(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct dnslist *list;
	char *text = mem_ndup(n > 0 ? (const char *)data : "", n);

	if (list == NULL)
		list = dnslist_open("list.example",
		    "7f3k9q2m4x6z8w1v.list.example", DNSLIST_TEST_NONE);
	if (n > 0)
		try_words(list, data, n);
	try_answers(text);
	try_author(text);
	free(text);
	return 0;
}
