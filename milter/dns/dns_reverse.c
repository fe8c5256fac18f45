/* dns_reverse - an address as DNS turns it round */

#include "base/buf.h"
#include "base/net.h"
#include "dns/dns.h"

void
dns_put_reverse(struct buf *out, const struct ip *ip, const char *zone)
{
	bool v4 = ip_is_v4(ip);
	size_t i;

	for (i = 16; v4 && i > 12; i--)
		buf_printf(out, "%u.", ip->b[i - 1]);
	for (i = 16; !v4 && i > 0; i--)
		buf_printf(out, "%x.%x.", ip->b[i - 1] & 15u,
		    (unsigned)(ip->b[i - 1] >> 4));
	buf_puts(out, zone != NULL ? zone : v4 ? "in-addr.arpa" : "ip6.arpa");
}
