/*
 * fuzz_mailbox - any text as a mailbox, a host name and an address literal
 *
 * What is understood has a domain that reads the same when it is read again;
 * what is not leaves nothing behind but its text.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/net.h"
#include "model/mailbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
try_mailbox(const char *text)
{
	struct mailbox m = { .text = NULL }, bare = { .text = NULL };

	if (!mailbox_set(&m, text)) {
		if (m.local != NULL || m.domain != NULL || m.null)
			BUG("half a mailbox");
	} else if (m.null != (*m.text == '\0')) {
		BUG("a null sender that is somebody");
	} else if (!mailbox_set(&bare, m.text) || bare.null != m.null ||
	    strcmp(bare.text, m.text) != 0) {
		BUG("a mailbox that changes");
	}
	if (m.text == NULL)
		BUG("a text that was dropped");
	mailbox_clear(&m);
	mailbox_clear(&bare);
}

static void
try_domain(const char *text)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;

	if (mailbox_put_domain(&once, text)) {
		if (once.len == 0 || !mailbox_put_domain(&twice, once.data) ||
		    strcmp(once.data, twice.data) != 0)
			BUG("a domain that changes");
	} else if (once.len > 0) {
		BUG("half a domain");
	}
	buf_free(&once);
	buf_free(&twice);
}

static void
try_literal(const char *text)
{
	struct buf domain = BUF_INIT;
	struct ip ip;

	if (mailbox_literal(text, &ip) && !mailbox_put_domain(&domain, text))
		BUG("a literal that is no domain");
	if (mailbox_is_host_name(text) && strpbrk(text, " \r\n<>@[]") != NULL)
		BUG("a host name that is none");
	buf_free(&domain);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = mem_ndup(n > 0 ? (const char *)data : "", n);

	try_mailbox(text);
	try_domain(text);
	try_literal(text);
	free(text);
	return 0;
}
