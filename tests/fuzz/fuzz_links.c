/*
 * fuzz_links - any text, plain and HTML, whole and by the byte
 *
 * Both ways the same hosts are found, and each is one.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/net.h"
#include "mime/links.h"
#include "mime/url.h"
#include "model/mailbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What DNS can be asked: hyphens at the edge of a label are common in links,
   whatever RFC 1123 says. */
static bool
is_name(const char *host)
{
	size_t label = 0;
	const char *p;

	for (p = host; *p != '\0'; p++) {
		if (*p == '.' ? label == 0 : strchr("abcdefghijklmnopqrstuvwxyz"
		    "0123456789-_", *p) == NULL)
			return false;
		label = *p == '.' ? 0 : label + 1;
		if (label > 63)
			return false;
	}
	return label > 0 && p - host <= 253;
}

static void
on_host(void *arg, const char *host)
{
	struct ip ip;

	if (!is_name(host) && !ip_parse(host, &ip) &&
	    !mailbox_literal(host, &ip))
		BUG("a host that is none");
	buf_puts(arg, host);
	buf_putc(arg, '\n');
}

static void
play(bool html, const char *text, size_t n, size_t piece, struct buf *hosts)
{
	struct links *l = links_new(html, on_host, hosts);
	size_t at;

	for (at = 0; at < n; at += piece)
		links_put(l, text + at, n - at < piece ? n - at : piece);
	links_end(l);
	links_free(l);
}

static void
compare(bool html, const char *text, size_t n)
{
	struct buf whole = BUF_INIT, bytes = BUF_INIT;

	play(html, text, n, n > 0 ? n : 1, &whole);
	play(html, text, n, 1, &bytes);
	if (whole.len != bytes.len ||
	    memcmp(whole.data, bytes.data, whole.len) != 0)
		BUG("a cut that matters");
	buf_free(&whole);
	buf_free(&bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf host = BUF_INIT, hosts = BUF_INIT;

	compare(false, (const char *)data, n);
	compare(true, (const char *)data, n);
	if (n > 0 && url_put_host(&host, (const char *)data, n))
		on_host(&hosts, host.data);
	buf_free(&host);
	buf_free(&hosts);
	return 0;
}
