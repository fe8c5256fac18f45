/*
 * fuzz_net - any text as an address, a network, a socket and a domain
 *
 * What is accepted can be written and read again, and is the same then.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/idn.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/net.h"
#include "base/sock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
try_ip(const char *text)
{
	char shown[IP_TEXT];
	struct ip ip, again;

	if (!ip_parse(text, &ip))
		return;
	if (!ip_parse(ip_format(&ip, shown), &again) ||
	    !ip_equal(&ip, &again))
		BUG("an address that changes");
}

static void
try_net(const char *text)
{
	struct buf errmsg = BUF_INIT;
	char shown[NET_TEXT];
	struct net net, again;

	if (!net_parse(text, &net, &errmsg)) {
		if (errmsg.len == 0)
			BUG("refused without a word");
	} else if (!net_parse(net_format(&net, shown), &again, NULL) ||
	    memcmp(net.ip.b, again.ip.b, sizeof net.ip.b) != 0 ||
	    net.prefix != again.prefix) {
		BUG("a network that changes");
	} else if (net_has(&net, &net.ip) !=
	    (net.prefix >= 96 || !ip_is_v4(&net.ip))) {
		BUG("a network without its own address");
	}
	buf_free(&errmsg);
}

static void
try_spec(const char *text)
{
	struct buf errmsg = BUF_INIT;
	struct sock_spec spec;

	if (sock_spec_parse(text, &spec, &errmsg) == (errmsg.len > 0))
		BUG("an answer and its words disagree");
	buf_free(&errmsg);
}

static void
try_domain(const char *text)
{
	struct buf ascii = BUF_INIT, again = BUF_INIT;
	size_t i;

	if (idn_to_ascii(text, &ascii)) {
		for (i = 0; i < ascii.len; i++)
			if ((unsigned char)ascii.data[i] >= 0x80)
				BUG("an A-label that is not ASCII");
		if (!idn_to_ascii(ascii.data, &again) ||
		    strcmp(ascii.data, again.data) != 0)
			BUG("an A-label that changes");
	} else if (ascii.len > 0) {
		BUG("half a domain");
	}
	buf_free(&ascii);
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = mem_ndup(n > 0 ? (const char *)data : "", n);

	try_ip(text);
	try_net(text);
	try_spec(text);
	try_domain(text);
	free(text);
	return 0;
}
